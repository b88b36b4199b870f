import ajv from 'ajv';

/** Kinds that Kubernetes does not know by itself, against the schemas of those who bring them. What no schema names is refused. */
export function judgeCustomKinds(manifests, definitions) {
  const schemas = new Map(definitions.flatMap(schemasOf));
  const validator = new ajv.default({ strict: false, allErrors: true, logger: false });
  return manifests
    .filter(({ apiVersion }) => definitions.some(({ spec }) => apiVersion.startsWith(`${spec.group}/`)))
    .flatMap((manifest) => {
      const who = `${manifest.kind} ${manifest.metadata.name}`;
      const schema = schemas.get(`${manifest.apiVersion} ${manifest.kind}`);
      if (schema === undefined) return [`${who}: nobody knows ${manifest.apiVersion}`];
      const validate = validator.compile(closed({ ...schema.properties.spec }));
      if (validate(manifest.spec)) return [];
      return validate.errors.map(({ instancePath, message, params }) =>
        [`${who}: spec${instancePath}`, message, params.additionalProperty].filter(Boolean).join(' '),
      );
    });
}

function schemasOf({ spec: { group, names, versions } }) {
  return versions.map(({ name, schema }) => [`${group}/${name} ${names.kind}`, schema.openAPIV3Schema]);
}

/** A cluster drops fields that it does not know, without a word. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties !== undefined;
  return typeof schema.properties === 'object' && schema.type === 'object' && !isOpen
    ? { ...inner, additionalProperties: false }
    : inner;
}
