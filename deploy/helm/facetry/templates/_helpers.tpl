{{- define "facetry.name" -}}
{{- if contains "facetry" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-facetry{{ end }}
{{- end }}

{{- define "facetry.selector" -}}
app.kubernetes.io/name: facetry
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "facetry.labels" -}}
{{ include "facetry.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* A pod of either kind; takes a dictionary of root, component, command, resources and linger. */}}
{{- define "facetry.pod" -}}
metadata:
  labels:
    {{- include "facetry.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
spec:
  automountServiceAccountToken: false
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets: {{ toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ add .linger 15 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: {type: RuntimeDefault}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "facetry.selector" .root | nindent 10 }}
          app.kubernetes.io/component: {{ .component }}
  containers:
    - name: facetry
      image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [{{ .command }}]
      env:
        {{- range $variable, $key := dict "FACETRY_STORE" "store" "FACETRY_SEARCH" "search" "FACETRY_CACHE" "cache" "FACETRY_MASTER_KEY" "master-key" "FACETRY_METRICS_TOKEN" "metrics-token" }}
        - name: {{ $variable }}
          valueFrom: {secretKeyRef: {name: {{ $.root.Values.existingSecret }}, key: {{ $key }}}}
        {{- end }}
        - name: FACETRY_LINGER_SECONDS
          value: {{ .linger | quote }}
        {{- range $variable, $value := .root.Values.environment }}
        - name: {{ $variable }}
          value: {{ $value | quote }}
        {{- end }}
      ports:
        - {name: http, containerPort: 8080}
      startupProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 2
        failureThreshold: 60
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 2
        failureThreshold: 2
      livenessProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 10
        failureThreshold: 6
      resources: {{ toYaml .resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      volumeMounts:
        - {name: data, mountPath: /data}
        - {name: temporary, mountPath: /tmp}
  volumes:
    - {name: data, emptyDir: {}}
    - {name: temporary, emptyDir: {}}
  {{- with .root.Values.nodeSelector }}
  nodeSelector: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations: {{ toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
