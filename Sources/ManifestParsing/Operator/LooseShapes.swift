import FrappeModel

/// Shapes that the operator's own examples use although its schema rejects them, put into the right ones.
struct LooseShapes {
    private(set) var document: ManifestDocument
    private(set) var problems: [ManifestProblem] = []

    init(_ document: ManifestDocument) {
        self.document = document
    }

    mutating func straighten() {
        guard document.key.kind == .bench, var spec = document.value["spec"], spec.isMap else { return }
        rename("version", to: "frappeVersion", in: &spec, "spec")
        splitImage(in: &spec)
        spec.change("apps") { list in
            guard case .list(var items) = list else { return }
            for index in items.indices where items[index].isMap { straightenApp(&items[index], "spec.apps[\(index)]") }
            list = .list(items)
        }
        spec.change("componentReplicas") { spreadWorkers(in: &$0) }
        spec.change("redisConfig") { readRedisMemory(in: &$0) }
        document.value.set(["spec"], to: spec)
    }

    /// `image: frappe/erpnext:v15.0.0`, which names a repository and a tag.
    private mutating func splitImage(in spec: inout ManifestValue) {
        guard spec["imageConfig"] == nil, let image = spec["image"]?.string, let colon = image.lastIndex(of: ":"),
            !image[colon...].contains("/"), !image.contains("@")
        else { return }
        let parts = ["repository": String(image[..<colon]), "tag": String(image[image.index(after: colon)...])]
        note("spec.image", "imageConfig.repository and imageConfig.tag")
        spec.replaceEntry(
            "image",
            with: .init(key: "imageConfig", value: .map(parts.sorted { $0.key < $1.key }.map { .init($0, $1) })))
        for path in ["", ".repository", ".tag"] { place("spec.imageConfig\(path)", where: "spec.image") }
    }

    /// `source: {type: git, url: ...}`, and `url` and `branch` beside it.
    private mutating func straightenApp(_ app: inout ManifestValue, _ path: String) {
        if case .map(let parts)? = app["source"], let type = app["source"]?["type"]?.string,
            parts.allSatisfy({ $0.value.string != nil && ($0.key == "type" || app[$0.key] == nil) })
        {
            note("\(path).source.type", "source: \(SafeText.plain(type, limit: 60))")
            app.set(["source"], to: .string(type))
            place("\(path).source", where: "\(path).source.type")
            for part in parts where part.key != "type" {
                app.set([part.key], to: part.value)
                place("\(path).\(part.key)", where: "\(path).source.\(part.key)")
            }
        }
        rename("url", to: "gitUrl", in: &app, path)
        rename("branch", to: "gitBranch", in: &app, path)
    }

    /// `workers: {default: 1}` for `workerDefault: 1`.
    private mutating func spreadWorkers(in replicas: inout ManifestValue) {
        let names = ["default": "workerDefault", "long": "workerLong", "short": "workerShort"]
        let path = "spec.componentReplicas"
        guard case .map(let workers)? = replicas["workers"],
            workers.allSatisfy({ entry in names[entry.key].map { replicas[$0] == nil } ?? false })
        else { return }
        replicas.set(["workers"], to: nil)
        for worker in workers {
            guard let name = names[worker.key] else { continue }
            note("\(path).workers.\(worker.key)", name)
            replicas.set([name], to: worker.value)
            place("\(path).\(name)", where: "\(path).workers.\(worker.key)")
        }
    }

    /// `4gb` as Redis itself writes it.
    private mutating func readRedisMemory(in redis: inout ManifestValue) {
        guard let text = redis["maxMemory"]?.string, let amount = Amount.redisBytes(text) else { return }
        note("spec.redisConfig.maxMemory", "maxMemory: \(amount.written)")
        redis.set(["maxMemory"], to: .string(amount.written))
    }

    private mutating func rename(_ old: String, to new: String, in value: inout ManifestValue, _ path: String) {
        guard value[new] == nil, let text = value[old]?.amountText else { return }
        note("\(path).\(old)", new)
        value.replaceEntry(old, with: .init(key: new, value: .string(text)))
        place("\(path).\(new)", where: "\(path).\(old)")
    }

    /// The new path was written where the old one was.
    private mutating func place(_ new: String, where old: String) {
        for (to, from) in [(new, old), (ManifestDocument.keyPath(new), ManifestDocument.keyPath(old))] {
            document.locations[to] = document.locations[from]
        }
    }

    private mutating func note(_ path: String, _ right: String) {
        problems.append(
            .init(
                severity: .warning, location: document.locationOfKey(path), path: path,
                message: "read as \(right): write that, the operator refuses this"))
    }
}

extension ManifestValue.Entry {
    fileprivate init(_ key: String, _ text: String) { self.init(key: key, value: .string(text)) }
}

extension ManifestValue {
    /// Changes the value of a key that is there.
    mutating func change(_ key: String, _ body: (inout ManifestValue) -> Void) {
        guard var value = self[key] else { return }
        body(&value)
        set([key], to: value)
    }

    /// Another entry in the place of the one with this key.
    fileprivate mutating func replaceEntry(_ key: String, with entry: Entry) {
        guard case .map(var entries) = self, let index = entries.firstIndex(where: { $0.key == key }) else { return }
        entries[index] = entry
        self = .map(entries)
    }
}
