import ComposeTemplates
import Diagnosis
import FoundationEssentials
import FrappeModel

/// What the deep look finds of databases that others run, asked from inside the benches whose sites are in them.
struct ExternalDatabaseNotes: Sendable {
    private let deep: DeepObservation

    init(_ deep: DeepObservation) { self.deep = deep }

    func notes() async -> [String] {
        let sites = deep.desired.sites.values.filter { site in
            site.externalDatabase != nil && deep.observed.sitePhases[site.name]?.isServed == true
        }
        let answers = try? await Polling.all(Array(sites)) { site in (site.siteName, await notes(of: site)) }
        return (answers ?? [:]).sorted { $0.key < $1.key }.flatMap(\.value)
    }

    private func notes(of site: Site) async -> [String] {
        guard let external = site.externalDatabase, let bench = deep.desired.benches[site.bench],
            let login = try? ExternalLogin(
                external, of: site, deep.observed.sitePhases[site.name], SecretValues(kept: deep.secrets)),
            let container = container(of: site.bench)
        else { return [] }
        let look = await Bounded.calling(deep.limit) { try await ask(login, in: container) }
        guard let look else { return ["the database of \(site.siteName) on \(login.server) was not looked at"] }
        let needs = ExternalDatabaseNeeds(
            site, login, secret: external.secret, release: bench.release,
            record: deep.observed.sitePhases[site.name])
        return ExternalDatabaseDiagnosis(needs).findings(look).map { finding in
            finding.text + (finding.next.map { "; next: \($0)" } ?? "")
        }
    }

    private func container(of bench: ObjectName) -> String? {
        let order: [Component] = [.scheduler, .workerLong, .workerDefault, .workerShort, .web]
        return order.lazy.flatMap { deep.running($0) }.first { $0.wanted.identity.bench == bench }?.found.id
    }

    private func ask(_ login: ExternalLogin, in container: String) async throws -> ExternalDatabaseLook {
        let python = ["/home/frappe/frappe-bench/env/bin/python", "-c", ComposeTemplate.external]
        let input = [UInt8](try JSONEncoder().encode(login.work(.look)))
        let answer = try await deep.engine.exec(container, python, input: input)
        guard let line = answer.output.split(separator: "\n").last, let look = ExternalClient.look(String(line)) else {
            throw StepReason(description: "the database on \(login.server) was not looked at")
        }
        return look
    }
}
