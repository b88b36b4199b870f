{{- define "parley.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "parley.selector" -}}
app.kubernetes.io/name: parley
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "parley.labels" -}}
{{ include "parley.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "parley.image" -}}
{{- $image := .root.Values.image -}}
image: {{ printf "%s-%s:%s" $image.repository .role (default .root.Chart.AppVersion $image.tag) | quote }}
imagePullPolicy: {{ $image.pullPolicy }}
{{- end }}

{{- define "parley.secretName" -}}
{{- default (include "parley.name" .) .Values.secrets.existingSecret -}}
{{- end }}

{{/* What no schema can say in words. */}}
{{- define "parley.check" -}}
{{- $secrets := .Values.secrets -}}
{{- if and $secrets.existingSecret $secrets.values -}}
{{- fail "Set secrets.existingSecret or secrets.values, not both." -}}
{{- end -}}
{{- if not (or $secrets.existingSecret $secrets.values) -}}
{{- fail "Parley needs secrets: name a Secret in secrets.existingSecret (keys: DATABASE_URL, PARLEY_ENCRYPTION_KEY and others of docs/config.md), or give them in secrets.values." -}}
{{- end -}}
{{- if $secrets.values -}}
{{- range list "DATABASE_URL" "PARLEY_ENCRYPTION_KEY" -}}
{{- if not (hasKey $secrets.values .) -}}
{{- fail (printf "secrets.values has no %s." .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not .Values.config.PARLEY_PUBLIC_URL -}}
{{- fail "Set config.PARLEY_PUBLIC_URL: where Facebook reaches this installation, for example https://chat.example.org." -}}
{{- end -}}
{{- if and .Values.keda.enabled (not .Values.keda.prometheusAddress) -}}
{{- fail "Set keda.prometheusAddress: KEDA asks that Prometheus how far projector and sender are behind." -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "Set ingress.host." -}}
{{- end -}}
{{- end }}

{{- define "parley.podSecurity" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "parley.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* The pod of a role; .role, .root. */}}
{{- define "parley.pod" -}}
{{- $values := .root.Values -}}
{{- $role := index $values .role -}}
metadata:
  labels:
    {{- include "parley.labels" . | nindent 4 }}
  annotations:
    checksum/config: {{ toJson (list $values.config $values.secrets) | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "parley.name" .root }}
  {{- include "parley.podSecurity" .root | nindent 2 }}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "parley.selector" . | nindent 10 }}
  containers:
    - name: {{ .role }}
      {{- include "parley.image" . | nindent 6 }}
      {{- include "parley.containerSecurity" . | nindent 6 }}
      envFrom:
        - configMapRef: { name: {{ include "parley.name" .root }} }
        - secretRef: { name: {{ include "parley.secretName" .root }} }
      {{- if eq .role "ingester" }}
      env:
        - { name: PARLEY_SPOOL_MAX_MB, value: {{ $role.spool.maxMb | quote }} }
      volumeMounts:
        - { name: spool, mountPath: /var/lib/parley }
      {{- end }}
      {{- with $role.nodeOptions }}
      env:
        - { name: NODE_OPTIONS, value: {{ . | quote }} }
      {{- end }}
      ports:
        - { name: http, containerPort: 8080 }
        - { name: metrics, containerPort: 9464 }
      lifecycle:
        preStop:
          exec: { command: [sleep, {{ $values.preStopSeconds | quote }}] }
      startupProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /health/ready, port: http }
        periodSeconds: 5
        timeoutSeconds: 2
        failureThreshold: 2
      resources:
        {{- toYaml $role.resources | nindent 8 }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
