"""A CDS Hooks service for NTRK fusions in mesothelioma."""
