import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct ServerTests {
    private static func server(_ lines: String) -> String {
        "apiVersion: k8s.mariadb.com/v1alpha1\nkind: MariaDB\nmetadata: {name: frappe-mariadb}\nspec:\n"
            + lines.split(separator: "\n").map { "  \($0)\n" }.joined()
    }

    @Test func `the operator's own shared server is read as it is written`() throws {
        let text = Self.server(
            """
            rootPasswordSecretKeyRef:
              name: root
              key: password
            image: mariadb:10.11
            storage:
              size: 50Gi
            resources:
              requests: {cpu: 500m, memory: 1Gi}
              limits: {cpu: 2000m, memory: 4Gi}
            replicas: 1
            port: 3306
            myCnf: |
              [mariadb]
              bind-address=*
              default_storage_engine=InnoDB
              max_allowed_packet=256M
              character-set-client-handshake=FALSE
              character-set-server=utf8mb4
              collation-server=utf8mb4_unicode_ci

              [client]
              default-character-set=utf8mb4
            """)
        let outcome = Outcome(
            text + "---\n" + Sample.secret("stringData: {password: x}").replacing("admin", with: "root"))
        #expect(outcome.lines == [])
        let server = try #require(outcome.manifests.servers["frappe-mariadb"])
        #expect(server.settings.map(\.line) == ["default_storage_engine = InnoDB", "max_allowed_packet = 256M"])
        #expect(server.sizes.storageSize == 50 << 30 && server.sizes.resources.limitMemory == 4 << 30)
        #expect(server.rootPassword == SecretKeyReference(secret: ObjectName("root"), key: "password"))
    }

    @Test(arguments: [
        ("character-set-server = latin1", "line 2: character_set_server has to be utf8mb4: Frappe checks it"),
        ("loose-skip-networking", "line 2: loose_skip_networking would cut all sites off"),
        ("datadir=/tmp", "line 2: datadir is a directory of the host, mounted at /var/lib/mysql"),
        ("bind_address = 127.0.0.1", "line 2: bind_address has to be *: the server is reached from its networks alone"),
        ("plugin-load-add=x.so", "line 2: plugin_load_add would let files of the container in"),
        ("innodb_page_size=4k", "line 2: innodb_page_size cannot change for data that is there"),
        ("!includedir /etc", "line 2: \"!includedir /etc\" reads other files: write their settings here"),
        ("= 1", "line 2: \"= 1\" is not a setting (name = value)"),
    ])
    func `settings that are ours are refused by name`(line: String, complaint: String) {
        let settings = ServerSettings("[mysqld]\n\(line)\n")
        #expect(settings.complaints.count == 1)
        #expect(settings.complaints.first?.contains(complaint.split(separator: ": ").last ?? "") == true)
        #expect(settings.settings.isEmpty)
    }

    @Test func `other sections, comments and blanks say nothing`() {
        let text = "# a\n;b\n[client]\nuser=root\n[mariadb-10.11]\n  long-query-time =  2 \n\nskip-log-bin\n"
        let settings = ServerSettings(text)
        #expect(settings.complaints == [])
        #expect(settings.settings.map(\.line) == ["long_query_time = 2", "skip_log_bin"])
        let host = [DatabaseSetting(name: "long_query_time", value: "9"), DatabaseSetting(name: "a", value: nil)]
        #expect(settings.settings.over(host).map(\.line) == ["a", "long_query_time = 2", "skip_log_bin"])
    }

    @Test(arguments: [
        ("port: 3307", "5:9 spec.port: "),
        ("rootPasswordSecretKeyRef: {name: none}", "5:36 spec.rootPasswordSecretKeyRef.name: there is no Secret none."),
        ("replicas: 3", "~5:3 spec.replicas: means nothing on one host; ignored"),
        ("galera: {enabled: true}", "~5:3 spec.galera: means nothing on one host; ignored"),
        (
            "myCnf: \"[mysqld]\\nuser=root\"",
            "5:10 spec.myCnf: line 2: user is that of the image"
        ),
    ])
    func `what cannot be meant is told`(lines: String, problem: String) {
        let found = Outcome(Self.server(lines)).lines
        #expect(found.count == 1 && found[0].hasPrefix(String(problem.prefix(30))), "\(found)")
    }

    @Test func `common settings of a bench are kept but for those that are ours`() throws {
        let outcome = Outcome(Sample.bench("commonSiteConfig: {server_script_enabled: 1, limits: {users: 5}}"))
        #expect(outcome.lines == [])
        #expect(outcome.bench?.commonSiteConfig.map(\.key) == ["server_script_enabled", "limits"])
        for (key, words) in [
            ("bench_id", "is set by frappectl"), ("db_password", "belongs to one site"),
            ("root_password", "is a secret"), ("webserver_port", "would be appended to every link"),
        ] {
            let lines = Outcome(Sample.bench("commonSiteConfig: {\(key): x}")).lines
            #expect(lines.count == 1 && lines[0].contains("spec.commonSiteConfig.\(key): \(words)"), "\(lines)")
        }
        #expect(
            Outcome(Sample.bench("commonSiteConfig: [a]")).lines == [
                "5:21 spec.commonSiteConfig: expected a map (lines of key: value), found a list"
            ])
    }

    @Test func `a bound for statements is the site's, or its bench's`() throws {
        func seconds(_ site: String, _ bench: String) -> Int? {
            let text = Sample.site(site).replacing(Sample.bench(""), with: Sample.bench(bench))
            return Outcome(text).site?.maxStatementSeconds
        }
        #expect(seconds("", "") == nil)
        #expect(seconds("", "maxStatementTimeSeconds: 60") == 60)
        #expect(seconds("", "maxStatementTimeSeconds: 60\ndbConfig: {maxStatementTimeSeconds: 30}") == 30)
        #expect(seconds("dbConfig: {maxStatementTimeSeconds: 0}", "maxStatementTimeSeconds: 60") == nil)
    }

    @Test func `a pull secret has to be there and to be one`() {
        let lines = Outcome(Sample.bench("imageConfig: {pullSecrets: [{name: a}]}")).lines
        #expect(lines == ["5:38 spec.imageConfig.pullSecrets[0].name: there is no Secret a."])
        let wrong =
            Sample.bench("imageConfig: {pullSecrets: [{name: admin}]}") + "---\n"
            + Sample.secret("stringData: {password: x}")
        #expect(Outcome(wrong).lines.first?.contains("has no key .dockerconfigjson") == true)
    }
}
