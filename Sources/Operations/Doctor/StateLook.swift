import Diagnosis
import FrappeModel
import Glibc
import Rendering
import StateStore

/// What an installation records, read without changing it; empty where there is none or it cannot be read.
struct StateLook: Sendable {
    var facts: InstallationFacts
    var contents: StateContents?
    var manifests = Manifests()
    /// What was applied cannot be read by this version.
    var problem: String?

    /// Whether what is to be is known: that of an installation, or the defaults where there is none.
    var tellsSettings: Bool { contents != nil || facts.state == .none }

    var layout: HostLayout? { contents?.rootID.map { HostLayout(root: facts.root, rootID: $0) } }

    /// Benches whose files cannot be reached, in words.
    var storageTroubles: [(bench: String, trouble: StorageTrouble)] {
        guard let layout, let contents else { return [] }
        let inhabited = StorageLook.inhabited(contents.sites, layout)
        let look = StorageLook(layout: layout, places: [:], disks: [], configured: inhabited, inhabited: inhabited)
        return look.troubles(manifests).sorted { $0.key < $1.key }.map { (bench: "\($0.key)", trouble: $0.value) }
    }

    static func take(_ root: Root) -> StateLook {
        let path = "\(root.path)/agent/state.sqlite"
        var look = StateLook(facts: InstallationFacts(root: root.path, database: path, state: .none))
        guard access(path, F_OK) == 0 || errno != ENOENT else { return look }
        guard access(path, R_OK) == 0 else {
            look.facts.state = .unreadable(user: DoctorUser.name)
            return look
        }
        // An empty one is made before the first verb fills it.
        guard IngressDisk.size(path) > 0 else { return look }
        switch StateExamination.examine(path: path) {
        case .damaged(let complaint): look.facts.state = .damaged(complaint)
        case .unusable(let complaint): look.facts.state = .unusable(complaint)
        case .newer: look.facts.state = .newer
        case .whole(let contents): look.fill(contents)
        }
        return look
    }

    private mutating func fill(_ contents: StateContents) {
        self.contents = contents
        do {
            let records = Dictionary(contents.sites.map { ($0.object, $0) }) { first, _ in first }
            manifests = try ManifestSet.merge(stored: contents.documents, files: []).keepingServers(records)
                .serving(contents.certificates).manifests
        } catch {
            problem = "\(error)"
        }
        facts.state = .good(benches: manifests.benches.count, sites: manifests.sites.count)
        facts.unfinished = contents.unfinished.map { operation in
            let isAlive = kill(Int32(operation.process), 0) == 0 || errno == EPERM
            return .init(
                id: operation.id, verb: operation.verb, subject: operation.subject,
                process: isAlive ? operation.process : nil)
        }
    }
}
