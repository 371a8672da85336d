import FrappeModel
import ManifestParsing
import Rendering

/// Root's password of a MariaDB server: that of its manifest's Secret, also when that changes.
///
/// Every password that the server may have is kept: the one that it was last known to have, and from before it is told of
/// another until that is known, the next one.
struct RootPassword: Sendable {
    let host: HostContext
    let server: String
    let container: String

    /// The one that the manifest's Secret says, nil where none does.
    static func wanted(_ server: String, _ manifests: Manifests, _ secrets: SecretStore) throws(StepReason) -> String? {
        guard let reference = manifests.servers[server]?.rootPassword,
            let value = secrets.value(.manifest(reference.secret, key: reference.key))
        else { return nil }
        if let problem = ManifestParser.passwordProblem(value) {
            throw StepReason(
                description: "the value of \(reference.key) in Secret \(reference.secret) \(problem)",
                next: "frappectl up -f FILE with the Secret and another password in it")
        }
        return String(decoding: value, as: UTF8.self)
    }

    /// Why it is to be set, by server.
    static func causes(_ manifests: Manifests, _ values: SecretValues, _ secrets: SecretStore) -> [String: String] {
        var causes: [String: String] = [:]
        for server in secrets.servers {
            guard let current = secrets.text(DatabaseSecrets.rootPassword(server: server)) else { continue }
            if secrets.value(DatabaseSecrets.nextRootPassword(server: server)) != nil {
                causes[server] = "the change of its root password was interrupted"
            } else if let reference = manifests.servers[server]?.rootPassword,
                let wanted = values.text(reference.secret, reference.key), wanted != current
            {
                causes[server] = "the root password in Secret \(reference.secret) changed"
            }
        }
        return causes
    }

    /// What tells that there is none of these causes, as files of the store.
    static func files(_ manifests: Manifests, _ secrets: SecretStore) -> [SecretName] {
        let wanted = manifests.servers.values.compactMap(\.rootPassword).map {
            SecretName.manifest($0.secret, key: $0.key)
        }
        let known = secrets.servers.flatMap {
            [DatabaseSecrets.rootPassword(server: $0), DatabaseSecrets.nextRootPassword(server: $0)]
        }
        return wanted + known
    }

    /// Sets it on the server and in its container; may be done again from any moment, also after the Secret changed once
    /// more.
    func set(_ manifests: Manifests) async throws {
        guard let current = host.secrets.text(DatabaseSecrets.rootPassword(server: server)) else { return }
        let wanted = try Self.wanted(server, manifests, host.secrets) ?? current
        let nextName = DatabaseSecrets.nextRootPassword(server: server)
        let known = try await enter(with: [current, host.secrets.text(nextName), wanted].compactMap(\.self))
        if known != current { try keep(known) }
        try host.secrets.put([UInt8](wanted.utf8), as: nextName)
        FaultPoint.pass("kept the next root password of \(server)")
        try await console.setRootPassword(wanted)
        FaultPoint.pass("set the root password of \(server)")
        _ = try await enter(with: [wanted])
        FaultPoint.pass("entered \(server) with its new root password")
        try keep(wanted)
        host.secrets.remove(nextName)
    }

    private var console: DatabaseConsole { DatabaseConsole(engine: host.engine, container: container) }

    /// Leaves the one that the server lets in where clients in the container read it.
    private func enter(with passwords: [String]) async throws -> String {
        for password in passwords {
            try await upload(password)
            do {
                _ = try await console.run("SELECT 1;")
                return password
            } catch let error as StepReason where error.description.contains(Self.accessDenied) {
                continue
            }
        }
        throw StepReason(
            description: "MariaDB lets root in with none of the \(passwords.count) passwords that it may have",
            next: "frappectl up -f FILE with the Secret and the password that root has there")
    }

    private static let accessDenied = "ERROR 1045"

    private func keep(_ password: String) throws {
        let options = DatabaseSecrets.optionText(rootPassword: password)
        try host.secrets.put([UInt8](options.utf8), as: DatabaseSecrets.options(server: server))
        try host.secrets.put([UInt8](password.utf8), as: DatabaseSecrets.rootPassword(server: server))
    }

    private func upload(_ password: String) async throws {
        let files = [
            DatabaseSecrets.clientOptions: DatabaseSecrets.optionText(rootPassword: password),
            DatabaseSecrets.rootPasswordFile: password,
        ]
        try await host.engine.upload(files.mapValues { [UInt8]($0.utf8) }, to: container)
    }
}
