import FrappeModel
import ManifestParsing
import Rendering

/// Root's password of a MariaDB server: that of its manifest's Secret, also when that changes.
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

    /// The Secrets that say another one than their server was made with or was given since, by server.
    static func changed(_ manifests: Manifests, _ values: SecretValues, _ secrets: SecretStore) -> [String: ObjectName]
    {
        var changed: [String: ObjectName] = [:]
        for (server, manifest) in manifests.servers {
            guard let reference = manifest.rootPassword, let wanted = values.text(reference.secret, reference.key),
                let current = secrets.text(DatabaseSecrets.rootPassword(server: server)), wanted != current
            else { continue }
            changed[server] = reference.secret
        }
        return changed
    }

    /// Sets it on the server, then in the container, and keeps it last: a run that is cut off is done again from any
    /// moment, whichever of the two passwords the server has by then.
    func set(_ manifests: Manifests) async throws {
        guard let wanted = try Self.wanted(server, manifests, host.secrets),
            let current = host.secrets.text(DatabaseSecrets.rootPassword(server: server))
        else { return }
        let console = DatabaseConsole(engine: host.engine, container: container)
        do {
            try await enter(console, with: current)
        } catch {
            do {
                try await enter(console, with: wanted)
            } catch {
                try await upload(current)
                throw StepReason(
                    description: "MariaDB lets root in neither with the password it had nor with the new one: \(error)",
                    next: "frappectl logs mariadb; mend the cause, then frappectl up")
            }
        }
        try await console.setRootPassword(wanted)
        FaultPoint.pass("set the root password of \(server)")
        try await enter(console, with: wanted)
        FaultPoint.pass("entered \(server) with its new root password")
        let options = DatabaseSecrets.optionText(rootPassword: wanted)
        try host.secrets.put([UInt8](options.utf8), as: DatabaseSecrets.options(server: server))
        try host.secrets.put([UInt8](wanted.utf8), as: DatabaseSecrets.rootPassword(server: server))
    }

    private func enter(_ console: DatabaseConsole, with password: String) async throws {
        try await upload(password)
        _ = try await console.run("SELECT 1;")
    }

    private func upload(_ password: String) async throws {
        let files = [
            DatabaseSecrets.clientOptions: DatabaseSecrets.optionText(rootPassword: password),
            DatabaseSecrets.rootPasswordFile: password,
        ]
        try await host.engine.upload(files.mapValues { [UInt8]($0.utf8) }, to: container)
    }
}
