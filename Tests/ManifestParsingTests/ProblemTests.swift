import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct ProblemTests {
    @Test(arguments: [
        ("frappeVersoin: x", "5:3 spec.frappeVersoin: unknown field. Did you mean frappeVersion?"),
        ("imageconfig: {}", "5:3 spec.imageconfig: unknown field. Did you mean imageConfig?"),
        ("wholly: 1", "5:3 spec.wholly: unknown field."),
        ("image: a@b", "5:3 spec.image: unknown field. Write imageConfig.repository and imageConfig.tag"),
        ("imageConfig: {tagg: x}", "5:17 spec.imageConfig.tagg: unknown field. Did you mean tag?"),
        ("apps: [{name: a, url: [b]}]", "5:20 spec.apps[0].url: unknown field. Write gitUrl"),
        ("apps: [{name: a, sorce: image}]", "5:20 spec.apps[0].sorce: unknown field. Did you mean source?"),
        ("apps: [{source: image}]", "5:10 spec.apps[0].name: required, for example erpnext"),
        (
            "apps: [erpnext]",
            "5:10 spec.apps[0]: expected a map (lines of key: value), found \"erpnext\". Write name: erpnext"
        ),
        ("apps: erpnext", "5:9 spec.apps: expected a list (lines that begin with \"- \"), found \"erpnext\""),
        (
            "apps: [{name: -x}]",
            "5:17 spec.apps[0].name: \"-x\" is not the name of an app (letters, digits, underscores)"
        ),
        ("apps: [{name: a}, {name: a}]", "5:28 spec.apps[1].name: \"a\" is listed twice"),
        (
            "apps: [{name: a, source: git, gitUrl: u}]",
            "5:28 spec.apps[0].source: a derived image is needed; not built yet: use an image that contains the app"
        ),
        (
            "apps: [{name: a, source: fpm}]",
            "5:28 spec.apps[0].source: a derived image is needed; not built yet: use an image that contains the app"
        ),
        (
            "apps: [{name: a, source: images}]",
            "5:28 spec.apps[0].source: \"images\" is not one of image. Did you mean image?"
        ),
        (
            "apps: [{name: a, source: {type: image, of: [b]}}]",
            "5:28 spec.apps[0].source: expected one of image, git, fpm, found a map. Write image itself"
        ),
        (
            "appsJSON: 'erpnext'",
            "5:13 spec.appsJSON: \"erpnext\" is not a JSON list of names (such as '[\"erpnext\"]')"
        ),
        ("imageConfig: []", "5:16 spec.imageConfig: expected a map (lines of key: value), found a list"),
        (
            "imageConfig: {repository: frappe/erpnext:v15}",
            "5:29 spec.imageConfig.repository: \"frappe/erpnext:v15\" has a tag: write it in tag: v15"
        ),
        (
            "imageConfig: {repository: Frappe/ERP}",
            "5:29 spec.imageConfig.repository: \"Frappe/ERP\" is not an image (such as frappe/erpnext or ghcr.io/me/erp)"
        ),
        (
            "imageConfig: {tag: 'a b'}",
            "5:22 spec.imageConfig.tag: \"a b\" is not an image tag (letters, digits, dots, hyphens; at most 128)"
        ),
        (
            "imageConfig: {pullPolicy: Sometimes}",
            "5:29 spec.imageConfig.pullPolicy: \"Sometimes\" is not one of Always, IfNotPresent, Never."
        ),
        (
            "imageConfig: {pullPolicy: always}",
            "5:29 spec.imageConfig.pullPolicy: \"always\" is not one of Always, IfNotPresent, Never. Did you mean Always?"
        ),
        (
            "componentReplicas: {gunicorn: two}",
            "5:33 spec.componentReplicas.gunicorn: expected a whole number, found \"two\""
        ),
        (
            "componentReplicas: {gunicorn: '2'}",
            "5:33 spec.componentReplicas.gunicorn: expected a whole number, found \"2\": leave out the quotes"
        ),
        (
            "componentReplicas: {gunicorn: 2.5}",
            "5:33 spec.componentReplicas.gunicorn: expected a whole number, found 2.5"
        ),
        (
            "componentReplicas: {gunicorn: true}",
            "5:33 spec.componentReplicas.gunicorn: expected a whole number, found true"
        ),
        (
            "componentReplicas: {gunicorn: [2]}",
            "5:33 spec.componentReplicas.gunicorn: expected a whole number, found a list"
        ),
        ("componentReplicas: {gunicorn: 0}", "5:33 spec.componentReplicas.gunicorn: 0 is out of range (1 to 100)"),
        ("componentReplicas: {gunicorn: 101}", "5:33 spec.componentReplicas.gunicorn: 101 is out of range (1 to 100)"),
        (
            "componentReplicas: {workerLong: -1}",
            "5:35 spec.componentReplicas.workerLong: -1 is out of range (0 to 100)"
        ),
        (
            "componentReplicas: {scheduler: 2}",
            "5:34 spec.componentReplicas.scheduler: 2 is not possible: it is always 1"
        ),
        (
            "componentReplicas: {workers: {other: 1}}",
            "5:23 spec.componentReplicas.workers: unknown field. Write workerDefault, workerShort and workerLong"
        ),
        (
            "componentResources: {gunicorn: {limits: {cpu: lots}}}",
            "5:49 spec.componentResources.gunicorn.limits.cpu: \"lots\" is not an amount of CPU (such as 100m, 0.5 or 2)"
        ),
        (
            "componentResources: {gunicorn: {limits: {memory: 512m}}}",
            "5:52 spec.componentResources.gunicorn.limits.memory: \"512m\" is less than a byte each. Did you mean 512Mi?"
        ),
        (
            "componentResources: {gunicorn: {limits: {memory: 1gb}}}",
            "5:52 spec.componentResources.gunicorn.limits.memory: \"1gb\" is not an amount of memory (such as 256Mi, 1Gi or 1G). "
                + "Did you mean 1Gi?"
        ),
        (
            "componentResources: {gunicorn: {limits: {memory: 5}}}",
            "5:52 spec.componentResources.gunicorn.limits.memory: \"5\" is too little: at least 1Mi"
        ),
        (
            "componentResources: {gunicorn: {requests: {cpu: 2}, limits: {cpu: 500m}}}",
            "5:69 spec.componentResources.gunicorn.limits.cpu: the limit is below the request of 2"
        ),
        (
            "componentResources: {gunicorn: {limit: {cpu: 1}}}",
            "5:35 spec.componentResources.gunicorn.limit: unknown field. Did you mean limits?"
        ),
        (
            "redisConfig: {type: memcached}",
            "5:23 spec.redisConfig.type: \"memcached\" is not one of redis, valkey, dragonfly."
        ),
        (
            "redisConfig: {maxMemory: much}",
            "5:28 spec.redisConfig.maxMemory: \"much\" is not an amount of memory (such as 256Mi, 1Gi or 1G)"
        ),
        (
            "redisConfig: {external: true}",
            "5:27 spec.redisConfig.external: host is required with it, for example redis.example.com"
        ),
        (
            "domainConfig: {suffix: 'a b'}",
            "5:26 spec.domainConfig.suffix: \"a b\" is not a DNS name (letters, digits, hyphens, dots)"
        ),
        (
            "dbConfig: {mode: dedicated, resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}}",
            "5:85 spec.dbConfig.resources.limits.memory: the limit is below the request of 2Gi"
        ),
        (
            "workerAutoscaling: {short: {maxReplica: 3}}",
            "5:31 spec.workerAutoscaling.short.maxReplica: unknown field. Did you mean maxReplicas?"
        ),
    ])
    func `a bench with a wrong field is told where and what to write`(lines: String, problem: String) {
        let outcome = Outcome(Sample.bench(lines))
        #expect(outcome.lines.filter { !$0.hasPrefix("~") } == [problem])
        #expect(outcome.bench != nil)
    }

    @Test(arguments: [
        (
            "domain: Shop.Example.com",
            "7:11 spec.domain: \"Shop.Example.com\" has capital letters: write shop.example.com"
        ),
        ("domain: -a.com", "7:11 spec.domain: \"-a.com\" is not a DNS name (letters, digits, hyphens, dots)"),
        ("domain: a..com", "7:11 spec.domain: \"a..com\" is not a DNS name (letters, digits, hyphens, dots)"),
        ("domain: [a.com]", "7:11 spec.domain: expected a DNS name, or *. and one, found a list"),
        ("apps: [{name: a}]", "7:10 spec.apps[0]: expected a name, found a map"),
        ("apps: ['../x']", "7:10 spec.apps[0]: \"../x\" is not the name of an app (letters, digits, underscores)"),
        (
            "dbConfig: {mode: external}",
            "7:20 spec.dbConfig.mode: an external database needs connectionSecretRef: a Secret with username, password, "
                + "host and database"
        ),
        (
            "dbConfig: {provider: postgres}",
            "7:24 spec.dbConfig.provider: postgres is not supported: ERPNext and most apps run on MariaDB alone, and so "
                + "do the checks, accounts and dumps here: use mariadb"
        ),
        (
            "dbConfig: {provider: sqlite}",
            "7:24 spec.dbConfig.provider: sqlite is not supported: Frappe has it from version 16 on as an experiment, and "
                + "its one file is no database for the several containers of a bench: use mariadb"
        ),
        ("dbConfig: {provider: oracle}", "7:24 spec.dbConfig.provider: \"oracle\" is not one of mariadb, external."),
        ("dbConfig: {mariadbRef: {}}", "7:14 spec.dbConfig.mariadbRef.name: required"),
        ("adminPasswordSecretRef: {name: none}", "7:34 spec.adminPasswordSecretRef.name: there is no Secret none."),
        ("adminPasswordSecretRef: {}", "7:3 spec.adminPasswordSecretRef.name: required"),
        (
            "adminPasswordSecretRef: {name: a/b}",
            "7:34 spec.adminPasswordSecretRef.name: \"a/b\" is not a name (small letters, digits, hyphens, dots; at most 253)"
        ),
        ("ingress: {enabled: maybe}", "7:22 spec.ingress.enabled: expected true or false, found \"maybe\""),
        ("tls: {enable: true}", "7:9 spec.tls.enable: unknown field. Did you mean enabled?"),
    ])
    func `a site with a wrong field is told where and what to write`(lines: String, problem: String) {
        #expect(Outcome(Sample.site(lines)).lines.filter { !$0.hasPrefix("~") } == [problem])
    }

    @Test(arguments: ["", "a.", ".a", "a_b", "a b", "a/b", "..", "ä.com", "a\nb", String(repeating: "a", count: 64)])
    func `a site name that DNS cannot hold is refused`(name: String) {
        let quoted = ScalarText.key(name)
        let text = Sample.site("").replacing("one.localhost", with: quoted)
        #expect(
            Outcome(text).lines == [
                "6:13 spec.siteName: \(SafeText.quoted(name)) is not a DNS name (letters, digits, hyphens, dots)"
            ])
    }

    @Test(arguments: ["assets", "apps.txt", "apps.json", "currentsite.txt"])
    func `a site cannot be called like a part of the sites directory`(name: String) {
        let text = Sample.site("").replacing("one.localhost", with: name)
        #expect(
            Outcome(text).lines == [
                "6:13 spec.siteName: \"\(name)\" is a name that every bench uses itself: choose another"
            ])
    }

    @Test(arguments: [
        ("ingress: {mode: both}", "4:19 spec.ingress.mode: \"both\" is not one of own, include."),
        (
            "ingress: {address: localhost}",
            "4:22 spec.ingress.address: \"localhost\" is not an IPv4 address (such as 127.0.0.1, 0.0.0.0 for all, :: for IPv6 as well)"
        ),
        (
            "ingress: {address: 127.0.0.01}",
            "4:22 spec.ingress.address: \"127.0.0.01\" is not an IPv4 address (such as 127.0.0.1, 0.0.0.0 for all, :: for IPv6 as well)"
        ),
        ("ingress: {httpPort: 70000}", "4:23 spec.ingress.httpPort: 70000 is out of range (1 to 65535)"),
        ("ingress: {httpsPort: 8080}", "4:24 spec.ingress.httpsPort: 8080 is the httpPort as well: choose another"),
        (
            "ingress: {httpPort: 21500}",
            "4:23 spec.ingress.httpPort: 21500 is within upstreamPorts 21000-21999: choose another"
        ),
        ("upstreamPorts: 1", "4:18 spec.upstreamPorts: \"1\" is not a range of ports (such as 21000-21999)"),
        (
            "upstreamPorts: 80-90",
            "4:18 spec.upstreamPorts: 80-90 is not a range of ports (1024 to 65535, the lower first)"
        ),
        (
            "upstreamPorts: 3000-2000",
            "4:18 spec.upstreamPorts: 3000-2000 is not a range of ports (1024 to 65535, the lower first)"
        ),
        ("upstreamPorts: {from: 1}", "4:18 spec.upstreamPorts: expected from and to, two whole numbers"),
        (
            "subnets: 10.0.0.1/16",
            "4:12 spec.subnets: \"10.0.0.1/16\" is not a network (such as 10.217.0.0/16, host bits zero)"
        ),
        ("subnets: 10.0.0.0/25", "4:12 spec.subnets: /25 is out of range (/8 to /24)"),
        ("subnets: 0.0.0.0/4", "4:12 spec.subnets: /4 is out of range (/8 to /24)"),
        ("mariadb: {memory: 1Mi}", "4:21 spec.mariadb.memory: \"1Mi\" is too little: at least 128Mi"),
        (
            "images: {redis: 'redis 7'}",
            "4:19 spec.images.redis: \"redis 7\" is not an image (such as frappe/erpnext or ghcr.io/me/erp)"
        ),
        ("root: relative", "4:9 spec.root: \"relative\" is not the path of a directory (such as /home/frappe)"),
        ("root: /a/../b", "4:9 spec.root: \"/a/../b\" is not the path of a directory (such as /home/frappe)"),
    ])
    func `a host with a wrong field is told where and what to write`(lines: String, problem: String) {
        #expect(Outcome(Sample.host(lines)).lines.filter { !$0.hasPrefix("~") } == [problem])
    }

    @Test(arguments: [
        (
            "componentReplicas: {nginx: 2}",
            "~5:30 spec.componentReplicas.nginx: one nginx is enough on one host: 2 are not made"
        ),
        (
            "componentReplicas: {socketio: 3}",
            "~5:33 spec.componentReplicas.socketio: one socketio is enough on one host: 3 are not made"
        ),
        (
            "componentResources: {gunicorn: {requests: {memory: 32Mi}, limits: {memory: 32Mi}}}",
            "~5:78 spec.componentResources.gunicorn.limits.memory: under 64Mi: gunicorn will hardly start"
        ),
        (
            "redisConfig: {maxMemory: 4gb}",
            "~5:17 spec.redisConfig.maxMemory: read as maxMemory: 4Gi: write that, the operator refuses this"
        ),
        ("podConfig: {nodeSelector: {a: b}}", "~5:15 spec.podConfig.nodeSelector: means nothing on one host; ignored"),
        ("podConfig: {affinity: {a: [{b: 1}]}}", "~5:15 spec.podConfig.affinity: means nothing on one host; ignored"),
        ("security: {securityContext: {runAsUser: 1}}", "~5:3 spec.security: means nothing on one host; ignored"),
        (
            "workerAutoscaling: {short: {enabled: true, maxReplicas: 3}}",
            "~5:31 spec.workerAutoscaling.short.enabled: accepted, not yet in force"
        ),
        (
            "componentAutoscaling: {worker-long: {minReplicas: 0, keda: {trigger: redis}}}",
            "~5:56 spec.componentAutoscaling.worker-long.keda: accepted, not yet in force"
        ),
        ("gitConfig: {enabled: yes}", "~5:3 spec.gitConfig: accepted, not yet in force"),
        ("apps: [{name: a, version: 1.0}]", "~5:20 spec.apps[0].version: accepted, not yet in force"),
    ])
    func `what has no effect yet is accepted with a warning`(lines: String, warning: String) {
        #expect(Outcome(Sample.bench(lines)).lines == [warning])
    }

    @Test(arguments: [
        (
            "tls: {enabled: true}",
            [
                "~7:18 spec.tls.enabled: no certificate is made: write who makes them into spec.acmeAccounts of the "
                    + "Host manifest, or name a Secret with tls.crt and tls.key in secretName"
            ]
        ),
        ("tls: {enabled: false}", []),
        ("ingress: {enabled: true}", []),
        ("ingress: {enabled: false}", []),
        ("ingress: {className: nginx}", []),
        ("ingress: {className: haproxy}", ["~7:13 spec.ingress.className: means nothing on one host; ignored"]),
        ("skipInit: false", []),
        ("deletionPolicy: Delete", ["~7:3 spec.deletionPolicy: accepted, not yet in force"]),
        ("dbConfig: {provider: mariadb, mode: shared}", []),
        ("dbConfig: {mode: dedicated, storageSize: 1Gi}", []),
        (
            "dbConfig: {host: a}",
            ["~7:20 spec.dbConfig.host: ignored: it is for mode external, and this is a server of ours"]
        ),
        ("dbConfig: {mariadbRef: {name: a, namespace: default}}", []),
        (
            "dbConfig: {mariadbRef: {name: a, namespace: b}}",
            ["~7:36 spec.dbConfig.mariadbRef.namespace: means nothing on one host; ignored"]
        ),
        ("domain: null", []),
        ("routeConfig: {enabled: true}", ["~7:3 spec.routeConfig: means nothing on one host; ignored"]),
    ])
    func `a site is warned only of what would be different`(lines: String, warnings: [String]) {
        #expect(Outcome(Sample.site(lines)).lines == warnings)
    }

    @Test func `a public range of subnets is warned of`() {
        let expected = "~4:12 spec.subnets: 8.0.0.0/8 is not a private range: addresses outside become unreachable"
        #expect(Outcome(Sample.host("subnets: 8.0.0.0/8")).lines == [expected])
    }

    @Test func `a version is required unless there is a tag`() {
        let expected =
            "4:1 spec.frappeVersion: required unless imageConfig.tag is given, for example frappeVersion: version-15"
        #expect(Outcome(Sample.bench("apps: []", version: "")).lines == [expected])
        #expect(Outcome(Sample.bench("imageConfig: {tag: v15}", version: "")).lines == [])
    }
}
