import FrappeModel

@testable import ManifestParsing

/// What a text says: manifests, and problems as `line:column path: message`, warnings with a `~` before them.
struct Outcome {
    var documents: [ManifestDocument]
    var manifests: Manifests
    var problems: [ManifestProblem]

    init(_ text: String, file: String = "shop.yaml") {
        let reading = ManifestParser.read(files: [(file, text)])
        documents = reading.documents
        manifests = reading.manifests
        problems = reading.problems
    }

    var lines: [String] {
        problems.map { problem in
            let mark = problem.severity == .warning ? "~" : ""
            let path = problem.path.isEmpty ? "" : "\(problem.path): "
            return "\(mark)\(problem.location.line):\(problem.location.column) \(path)\(problem.message)"
        }
    }

    var errors: [ManifestProblem] { problems.filter { $0.severity == .error } }

    var bench: Bench? { manifests.benches.values.first }
    var site: Site? { manifests.sites.values.first }
}

/// Documents with one part to fill in.
enum Sample {
    /// Lines of `spec` from line 5 on; each is indented by two.
    static func bench(_ lines: String, version: String = "frappeVersion: version-15") -> String {
        "apiVersion: vyogo.tech/v1alpha1\nkind: FrappeBench\nmetadata: {name: shop}\nspec:\n"
            + indented(lines + "\n" + version)
    }

    /// Lines of `spec` from line 7 on, with the bench it needs in a document after it.
    static func site(_ lines: String) -> String {
        "apiVersion: vyogo.tech/v1alpha1\nkind: FrappeSite\nmetadata: {name: one}\nspec:\n  benchRef: {name: shop}\n"
            + "  siteName: one.localhost\n" + indented(lines) + "---\n" + bench("")
    }

    /// Lines of `spec` from line 4 on.
    static func host(_ lines: String) -> String {
        "apiVersion: frappectl.dev/v1alpha1\nkind: Host\nspec:\n" + indented(lines)
    }

    /// Lines from line 4 on.
    static func secret(_ lines: String) -> String {
        "apiVersion: v1\nkind: Secret\nmetadata: {name: admin}\n\(lines)\n"
    }

    private static func indented(_ lines: String) -> String {
        lines.split(separator: "\n").map { "  \($0)\n" }.joined()
    }

    static let full = """
        # everything that is in force
        apiVersion: frappectl.dev/v1alpha1
        kind: Host
        metadata:
          name: vps
        spec:
          root: /home/frappe
          ingress: {mode: own, address: 0.0.0.0, httpPort: 80, httpsPort: 443}
          upstreamPorts: 22000-22999
          images:
            mariadb: registry.example.com:5000/library/mariadb:10.6
            redis: redis:6.2-alpine
          subnets: 10.200.0.0/14
          mariadb:
            memory: 1.5Gi
        ---
        apiVersion: v1
        kind: Secret
        metadata:
          name: admin
        type: Opaque
        data:
          password: c2VjcmV0
        stringData:
          note: |
            several
            lines
        ---
        apiVersion: vyogo.tech/v1
        kind: FrappeBench
        metadata:
          name: shop
          labels: {team: "a"}
          annotations:
            example.com/note: "yes"
        spec:
          frappeVersion: version-15
          apps:
            - name: frappe
              source: image
            - name: erpnext
              source: image
            - {name: hrms}
          imageConfig:
            repository: ghcr.io/me/erp
            tag: v15.42.1
            pullPolicy: Always
          componentReplicas:
            gunicorn: 2
            nginx: 1
            socketio: 1
            scheduler: 1
            workerDefault: 3
            workerLong: 0
            workerShort: 2
          componentResources:
            gunicorn:
              requests: {cpu: 500m, memory: 1Gi}
              limits: {cpu: 2, memory: 4Gi}
            workerLong:
              limits: {memory: 2G, cpu: "0.5"}
          redisConfig:
            type: valkey
            image: valkey/valkey:8.1
            maxMemory: 512Mi
          domainConfig:
            suffix: .example.com
          dbConfig:
            mode: shared
            provider: mariadb
            mariadbRef: {name: frappe-mariadb}
        ---
        apiVersion: vyogo.tech/v1alpha1
        kind: FrappeSite
        metadata:
          name: shop.one
        spec:
          benchRef:
            name: shop
            namespace: default
          siteName: one
          domain: shop.example.org
          adminPasswordSecretRef:
            name: admin
          dbConfig:
            mode: shared
            mariadbRef:
              name: second-mariadb
          apps: [frappe, erpnext]
        ---
        apiVersion: vyogo.tech/v1alpha1
        kind: FrappeSite
        metadata: {name: two}
        spec: {benchRef: {name: shop}, siteName: two}

        """
}

/// A repeatable source of randomness.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
