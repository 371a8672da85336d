import FrappeModel
import Testing

@testable import Operations

@Suite struct RegistryLoginTests {
    private static func values(_ text: String) throws -> SecretValues {
        let yaml = "apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\nstringData:\n  .dockerconfigjson: '\(text)'\n"
        return SecretValues(
            try ManifestSet.merge(stored: [], files: [("a.yaml", yaml)]), SecretStore(directory: "/nonexistent"))
    }

    private static func logins(_ text: String) throws -> RegistryLogins {
        try RegistryLogins([ObjectName("pull")], try values(text))
    }

    @Test(arguments: [
        ("ghcr.io/me/erp:1", "ghcr.io"), ("localhost:5000/erp:1", "localhost:5000"), ("localhost/erp", "localhost"),
        ("frappe/erpnext:v15", "docker.io"), ("mariadb:10.11", "docker.io"), ("docker.io/library/redis", "docker.io"),
        ("index.docker.io/me/erp", "docker.io"),
    ])
    func `the registry is the host that a name begins with, or Docker's`(reference: String, registry: String) {
        #expect(RegistryLogins.registry(of: reference) == registry)
    }

    @Test func `a login is used for its registry only, in each form that Docker writes`() throws {
        let text = """
            {"auths": {"https://index.docker.io/v1/": {"auth": "bWU6YTpi"}, "ghcr.io": {"username": "you", "password": "x"}}}
            """
        let logins = try Self.logins(text)
        #expect(logins.credentials(for: "frappe/erpnext:1")?.description == "me at docker.io")
        #expect(logins.credentials(for: "ghcr.io/you/erp:1")?.description == "you at ghcr.io")
        #expect(logins.credentials(for: "quay.io/you/erp:1") == nil)
    }

    @Test(arguments: [
        "", "no", "{}", "{\"auths\": {\"ghcr.io\": {}}}", "{\"auths\": {\"ghcr.io\": {\"auth\": \"secret\"}}}",
    ])
    func `what is no login is refused without being shown`(text: String) throws {
        do {
            _ = try Self.logins(text)
            Issue.record("it was taken")
        } catch let error as OperationError {
            #expect("\(error)".contains("Secret pull cannot be used as a pull secret"))
            #expect(!"\(error)".contains("secret\""))
        }
    }

    @Test(
        arguments: [
            (79, 100, nil), (80, 100, "80 % of its storageSize"), (101, 100, "more than its storageSize"), (5, 0, nil),
        ] as [(Int, Int, String?)])
    func `data is told of before it reaches the size it was given`(bytes: Int, quota: Int, words: String?) {
        let lines = DatabaseSize(name: "mariadb x", bytes: bytes << 20, quota: quota << 20, relief: "raise it").lines
        #expect(lines.count == (words == nil ? 0 : 1))
        if let words {
            #expect(lines[0].contains(words) && lines[0].contains("next: "))
        }
    }
}
