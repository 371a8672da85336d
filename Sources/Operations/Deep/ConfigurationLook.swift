import ComposeTemplates
import FoundationEssentials
import FrappeModel

/// Compares the configuration files of benches and sites with what is wanted, inside a container of each bench: no value
/// leaves it.
struct ConfigurationLook: Sendable {
    private let deep: DeepObservation

    init(_ deep: DeepObservation) { self.deep = deep }

    /// Benches of which no container answers are left out.
    func differences() async -> [ObjectName: [ConfigurationDifference]] {
        let answers = try? await Polling.all(Array(deep.desired.benches.values)) { await answer(of: $0) }
        return answers ?? [:]
    }

    private func answer(of bench: DesiredBench) async -> (ObjectName, [ConfigurationDifference])? {
        guard let container = container(of: bench.bench.name) else { return nil }
        return await Bounded.calling(deep.limit) { (bench.bench.name, try await compare(bench, in: container)) }
    }

    /// One that sees `sites/` and does not serve, where there is one.
    private func container(of bench: ObjectName) -> String? {
        let order: [Component] = [.scheduler, .workerLong, .workerDefault, .workerShort, .web]
        return order.lazy.flatMap { deep.running($0) }.first { $0.wanted.identity.bench == bench }?.found.id
    }

    private func compare(_ bench: DesiredBench, in container: String) async throws -> [ConfigurationDifference] {
        let sites = sites(of: bench.bench.name)
        let files = benchFiles(bench) + sites.map(\.wanted)
        let python = ["/home/frappe/frappe-bench/env/bin/python", "-c", ComposeTemplate.compare]
        let answer = try await deep.engine.exec(container, python, input: [UInt8](try JSONEncoder().encode(files)))
        guard answer.exitCode == 0 else {
            throw StepReason(description: "the files of bench \(bench.bench.name) could not be read")
        }
        let found = try JSONDecoder().decode([Found].self, from: Data(answer.output.utf8))
        let names = Dictionary(sites.map { ($0.wanted.file, $0.site) }) { first, _ in first }
        return found.map { $0.difference(site: names[$0.file]) }
    }

    private func benchFiles(_ bench: DesiredBench) -> [Wanted] {
        var common = Wanted(file: "common_site_config.json")
        if case .map(let entries) = bench.writtenConfig(deep.secrets) {
            common.keys = Dictionary(entries.map { ($0.key, PlainJSON($0.value)) }) { $1 }
        }
        var apps = Wanted(file: "apps.txt")
        apps.lines = bench.release.facts.apps.keys.sorted()
        return [common, apps]
    }

    private func sites(of bench: ObjectName) -> [(site: ObjectName, wanted: Wanted)] {
        deep.desired.sites.values.filter { $0.bench == bench }.compactMap { site in
            guard let record = deep.observed.sitePhases[site.name], record.isServed else { return nil }
            var wanted = Wanted(file: "\(site.siteName)/site_config.json")
            let own = SiteConfiguration(record, url: deep.desired.publicURLs[site.name], deep.secrets)
            wanted.keys = own.values.mapValues { PlainJSON($0) }
            wanted.whereGiven = own.whereGiven.mapValues { PlainJSON($0) }
            return (site.name, wanted)
        }
    }

    /// What `compare.py` reads.
    private struct Wanted: Encodable {
        var file: String
        var keys: [String: PlainJSON] = [:]
        /// Compared where the file has them.
        var whereGiven: [String: PlainJSON] = [:]
        /// Of a text file.
        var lines: [String]?

        enum CodingKeys: String, CodingKey {
            case file, keys, lines
            case whereGiven = "where_given"
        }
    }

    /// What it prints.
    private struct Found: Decodable {
        var file: String
        var trouble: String
        var keys: [String]

        func difference(site: ObjectName?) -> ConfigurationDifference {
            let trouble: ConfigurationDifference.Trouble =
                switch trouble {
                case "keys": .keys(keys)
                case "missing": .missing
                default: .unreadable
                }
            return ConfigurationDifference(file: file, site: site, trouble: trouble)
        }
    }
}
