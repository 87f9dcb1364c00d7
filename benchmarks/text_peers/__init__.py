"""Our reader of text and clinical NLP libraries, on the same labelled texts."""
