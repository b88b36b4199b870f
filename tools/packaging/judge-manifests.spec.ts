interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: object;
}

const module = './judge-manifests.mjs';
const { judgeManifests } = (await import(module)) as { judgeManifests(manifests: readonly Manifest[]): string[] };

const labels = { component: 'sender' };

function container(own: object = {}): object {
  const live = { httpGet: { path: '/health/live' } };
  return {
    ...{ startupProbe: live, livenessProbe: live, readinessProbe: { httpGet: { path: '/health/ready' } } },
    lifecycle: { preStop: {} },
    resources: { limits: { memory: '1Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ...own,
  };
}

function deployment(own: object = {}, ofPod: object = {}, ofContainer: object = {}): Manifest {
  const securityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  const pod = {
    securityContext,
    automountServiceAccountToken: false,
    containers: [container(ofContainer)],
    ...ofPod,
  };
  return {
    kind: 'Deployment',
    metadata: { name: 'sender' },
    spec: { template: { metadata: { labels }, spec: pod }, ...own },
  };
}

const budget = (component: string): Manifest => ({
  kind: 'PodDisruptionBudget',
  metadata: { name: 'budget' },
  spec: { selector: { matchLabels: { component } } },
});

const scaler = (name: string): Manifest => ({
  kind: 'ScaledObject',
  metadata: { name: 'scaler' },
  spec: { scaleTargetRef: { name } },
});

describe('the manifests of the chart', () => {
  it('are taken when they keep what is promised', () => {
    expect(judgeManifests([deployment(), budget('sender'), scaler('sender')])).toEqual([]);
  });

  it.each([
    ['may run as root', deployment({}, { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } })],
    ['has no seccomp profile', deployment({}, { securityContext: { runAsNonRoot: true } })],
    ['is given a token of the cluster', deployment({}, { automountServiceAccountToken: true })],
    ['has no limit of memory', deployment({}, {}, { resources: {} })],
    ['preStop is not as it should be', deployment({}, {}, { lifecycle: {} })],
    ['readinessProbe is not as it should be', deployment({}, {}, { readinessProbe: undefined })],
  ])('are refused: %s', (breach, manifest) => {
    expect(judgeManifests([manifest])).toEqual([expect.stringContaining(breach)]);
  });

  it('are refused when a container may do more than it needs', () => {
    expect(judgeManifests([deployment({}, {}, { securityContext: {} })])).toEqual([
      'Deployment sender: may gain privileges',
      'Deployment sender: may write to its root',
      'Deployment sender: keeps capabilities',
    ]);
  });

  it('are refused when a budget means nobody, or two set the number of pods', () => {
    expect(judgeManifests([deployment(), budget('sennder')])).toEqual([
      'PodDisruptionBudget budget: selects 0 workloads',
    ]);
    expect(judgeManifests([deployment(), scaler('projector')])).toEqual([
      'ScaledObject scaler: scales projector, which is not there',
    ]);
    expect(judgeManifests([deployment({ replicas: 2 }), scaler('sender')])).toEqual([
      'ScaledObject scaler: scales sender, whose number of replicas is fixed',
    ]);
  });
});
