/** What Kubernetes' own schemas do not ask for and we promise; answers a sentence for each breach. */
export function judgeManifests(manifests) {
  const workloads = manifests.filter(({ spec }) => spec?.template?.spec?.containers !== undefined);
  return [
    ...workloads.flatMap(judgePod),
    ...workloads.filter(({ kind }) => kind !== 'Job').flatMap(judgeProbes),
    ...manifests.flatMap((manifest) => judgeSelector(manifest, workloads)),
    ...manifests.flatMap((manifest) => judgeTarget(manifest, workloads)),
  ];
}

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted, and a read-only root. */
function judgePod({ kind, metadata, spec }) {
  const pod = spec.template.spec;
  const who = `${kind} ${metadata.name}`;
  const breaches = [];
  const want = (isSo, what) => isSo || breaches.push(`${who}: ${what}`);
  want(pod.securityContext?.runAsNonRoot === true, 'may run as root');
  want(pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile');
  want(pod.automountServiceAccountToken === false, 'is given a token of the cluster');
  for (const { securityContext = {}, resources = {} } of pod.containers) {
    want(securityContext.allowPrivilegeEscalation === false, 'may gain privileges');
    want(securityContext.readOnlyRootFilesystem === true, 'may write to its root');
    want(securityContext.capabilities?.drop?.includes('ALL'), 'keeps capabilities');
    want(resources.limits?.memory !== undefined, 'has no limit of memory');
  }
  return breaches;
}

function judgeProbes({ kind, metadata, spec }) {
  const paths = { startupProbe: '/health/live', livenessProbe: '/health/live', readinessProbe: '/health/ready' };
  return spec.template.spec.containers.flatMap((container) => {
    const wrong = Object.keys(paths).filter((probe) => container[probe]?.httpGet?.path !== paths[probe]);
    const missing = container.lifecycle?.preStop === undefined ? [...wrong, 'preStop'] : wrong;
    return missing.map((name) => `${kind} ${metadata.name}: ${name} is not as it should be`);
  });
}

/** Services, budgets and policies mean one workload each, and mean it by its labels. */
function judgeSelector({ kind, metadata, spec }, workloads) {
  const selectors = {
    Service: spec?.selector,
    PodDisruptionBudget: spec?.selector?.matchLabels,
    NetworkPolicy: spec?.podSelector?.matchLabels,
  };
  const selector = selectors[kind];
  if (selector === undefined) return [];
  const meant = workloads.filter(({ spec: { template } }) =>
    Object.entries(selector).every(([label, value]) => template.metadata.labels[label] === value),
  );
  return meant.length === 1 ? [] : [`${kind} ${metadata.name}: selects ${meant.length} workloads`];
}

/** Two that set the number of one workload's pods would fight. */
function judgeTarget({ kind, metadata, spec }, workloads) {
  const target = spec?.scaleTargetRef;
  if (target === undefined) return [];
  const [workload] = workloads.filter((each) => each.metadata.name === target.name);
  if (workload === undefined) return [`${kind} ${metadata.name}: scales ${target.name}, which is not there`];
  return workload.spec.replicas === undefined
    ? []
    : [`${kind} ${metadata.name}: scales ${target.name}, whose number of replicas is fixed`];
}
