import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct FieldTests {
    @Test func `every field that is in force reaches the manifests`() throws {
        let outcome = Outcome(Sample.full)
        #expect(outcome.lines == [])
        var host = HostSettings()
        host.listenAddress = "0.0.0.0"
        (host.httpPort, host.httpsPort) = (80, 443)
        host.upstreamPorts = 22000...22999
        host.mariadbImage = "registry.example.com:5000/library/mariadb:10.6"
        host.redisImage = "redis:6.2-alpine"
        host.subnets = IPv4Network(10, 200, 0, 0, prefix: 14)
        host.mariadbMemory = 3 << 29
        #expect(outcome.manifests.host == host)
        let bench = try #require(outcome.manifests.benches[ObjectName("shop")])
        #expect(bench.image == ImageSettings(repository: "ghcr.io/me/erp", tag: "v15.42.1", pullPolicy: .always))
        #expect(bench.apps == ["erpnext", "hrms"])
        #expect(bench.replicas == [.web: 2, .workerDefault: 3, .workerLong: 0, .workerShort: 2])
        #expect(bench.domainSuffix == ".example.com")
        #expect(bench.redis.flavour == .valkey)
        #expect(bench.redis.image == "valkey/valkey:8.1")
        #expect(bench.redis.maxMemory == 512 << 20)
    }

    @Test func `resources keep the default where nothing is written`() throws {
        let bench = try #require(Outcome(Sample.full).bench)
        let web = ComponentResources(requestedCPU: 500, requestedMemory: 1 << 30, limitCPU: 2000, limitMemory: 4 << 30)
        let long = ComponentResources(
            requestedCPU: 100, requestedMemory: 256 << 20, limitCPU: 500, limitMemory: 2_000_000_000)
        #expect(bench.resources[.web] == web)
        #expect(bench.resources[.workerLong] == long)
        #expect(bench.resources[.scheduler] == Component.defaultResources[.scheduler])
        #expect(Set(bench.resources.keys) == Set(Component.defaultResources.keys))
    }

    @Test func `a request beyond the default limit moves the limit, a limit below the default request the request`()
        throws
    {
        let text = "componentResources:\n  gunicorn: {requests: {memory: 3Gi}}\n  socketio: {limits: {cpu: 20m}}"
        let outcome = Outcome(Sample.bench(text))
        #expect(outcome.lines == [])
        #expect(outcome.bench?.resources[.web]?.limitMemory == 3 << 30)
        #expect(outcome.bench?.resources[.socketio]?.requestedCPU == 20)
    }

    @Test func `sites get their bench, domain, Secret, apps and server`() throws {
        let sites = Outcome(Sample.full).manifests.sites
        let shop = ObjectName("shop")
        let password = SecretKeyReference(secret: ObjectName("admin"), key: "password")
        let one = Site(
            name: ObjectName("shop.one"), bench: shop, siteName: "one", domain: "shop.example.org",
            adminPassword: password, apps: ["erpnext"], databaseServer: "second-mariadb")
        let two = Site(
            name: ObjectName("two"), bench: shop, siteName: "two", domain: "two.example.com", domainSource: .suffix)
        #expect(sites == [one.name: one, two.name: two])
    }

    @Test func `a minimal manifest gets every default`() throws {
        let outcome = Outcome(Sample.site(""))
        #expect(outcome.lines == [])
        let replicas: [Component: Int] = [.web: 1, .workerDefault: 1, .workerLong: 1, .workerShort: 1]
        let image = ImageSettings(repository: "frappe/erpnext", tag: "version-15")
        #expect(outcome.bench == Bench(name: ObjectName("shop"), image: image, replicas: replicas))
        #expect(
            outcome.site == Site(name: ObjectName("one"), bench: ObjectName("shop"), siteName: "one.localhost"))
        #expect(outcome.manifests.host == HostSettings())
    }

    @Test(arguments: [
        ("15", "15"), ("1.10", "1.10"), ("0x10", "0x10"), ("1_000", "1_000"), ("007", "007"), ("v15.42.1", "v15.42.1"),
        ("'1'", "1"), ("1e3", "1e3"), ("true", "true"), ("yes", "yes"),
    ])
    func `a version keeps its text whether or not it is in quotes`(written: String, tag: String) {
        let outcome = Outcome(Sample.bench("", version: "frappeVersion: \(written)"))
        #expect(outcome.lines == [])
        #expect(outcome.bench?.image.tag == tag)
        let inConfig = Outcome(Sample.bench("imageConfig: {tag: \(written)}", version: ""))
        #expect(inConfig.lines == [])
        #expect(inConfig.bench?.image.tag == tag)
    }

    @Test(arguments: [
        ("one", ".example.com", "one.example.com"), ("one", "example.com", "one.example.com"),
        ("one.example.com", ".example.com", nil), ("example.com", ".example.com", nil),
        ("oneexample.com", ".example.com", "oneexample.com.example.com"),
    ])
    func `a suffix is appended only to a name that lacks it`(siteName: String, suffix: String, domain: String?) {
        let text = """
            apiVersion: vyogo.tech/v1alpha1
            kind: FrappeSite
            metadata: {name: one}
            spec: {benchRef: {name: shop}, siteName: \(siteName)}
            ---
            \(Sample.bench("domainConfig: {suffix: \(suffix)}"))
            """
        let outcome = Outcome(text)
        #expect(outcome.lines == [])
        #expect(outcome.site?.domain == domain)
    }

    @Test func `a bench's database server is that of its sites unless they name one`() {
        let site = Sample.site("").replacing(
            Sample.bench(""), with: Sample.bench("dbConfig: {mariadbRef: {name: second}}"))
        #expect(Outcome(site).lines == [])
        #expect(Outcome(site).site?.databaseServer == "second")
    }

    @Test func `apps in JSON are taken with a warning`() {
        let outcome = Outcome(Sample.bench("appsJSON: '[\"erpnext\", \"hrms\"]'"))
        #expect(outcome.lines == ["~5:13 spec.appsJSON: deprecated: list the apps in apps"])
        #expect(outcome.bench?.apps == ["erpnext", "hrms"])
    }

    @Test func `ports may be a map`() {
        let outcome = Outcome(Sample.host("upstreamPorts: {from: 30000, to: 30999}"))
        #expect(outcome.lines == [])
        #expect(outcome.manifests.host.upstreamPorts == 30000...30999)
    }

    @Test func `the declared root is told with its place`() throws {
        let root = try #require(ManifestParser.declaredRoot(in: Outcome(Sample.full).documents))
        #expect(root.path == "/home/frappe")
        #expect(root.location == SourceLocation(file: "shop.yaml", line: 7, column: 9))
    }

    @Test func `namespaces scope names and references`() {
        let text = """
            apiVersion: vyogo.tech/v1
            kind: FrappeBench
            metadata: {name: shop, namespace: benches}
            spec: {frappeVersion: "15"}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: admin, namespace: sites}
            stringData: {password: x}
            ---
            apiVersion: vyogo.tech/v1
            kind: FrappeSite
            metadata: {name: one, namespace: sites}
            spec:
              benchRef: {name: shop, namespace: benches}
              siteName: one.localhost
              adminPasswordSecretRef: {name: admin}
            """
        let outcome = Outcome(text)
        #expect(outcome.lines == [])
        #expect(outcome.site?.bench == ObjectName("shop", namespace: "benches"))
        #expect(outcome.site?.adminPassword?.secret == ObjectName("admin", namespace: "sites"))
    }
}
