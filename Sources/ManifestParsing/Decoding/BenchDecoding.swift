import FrappeModel

/// Reads a `FrappeBench`.
struct BenchDecoding {
    private(set) var fields: DocumentFields

    init(_ fields: DocumentFields) {
        self.fields = fields
    }

    mutating func bench() -> Bench {
        checkTier()
        let database = DatabaseDecoding(fields)
        DatabaseDecoding.check(&fields, isDedicated: database.isDedicated == true)
        var bench = Bench(
            name: fields.name, image: image(), apps: apps(), replicas: replicas(), resources: resources(),
            redis: redis(),
            domainSuffix: suffix())
        bench.ownMemory = ownMemory()
        bench.databaseServer = database.sharedServer
        return bench
    }

    private func ownMemory() -> Set<Component> {
        Set(
            BenchFields.resourceComponents.filter { key, _ in
                ["requests", "limits"].contains {
                    fields.bytes("spec.componentResources.\(key).\($0).memory") != nil
                }
            }.map(\.component))
    }

    private mutating func checkTier() {
        guard fields["metadata"]?["annotations"]?["frappectl.dev/tier"] != nil else { return }
        fields.note(.warning, "metadata.annotations.frappectl.dev/tier", "accepted, not yet in force")
    }

    private mutating func image() -> ImageSettings {
        let version = fields.text("spec.frappeVersion")
        let tag = fields.text("spec.imageConfig.tag") ?? version
        if isAbsent("spec.frappeVersion"), isAbsent("spec.imageConfig.tag"), !isMisspelled() {
            let path = "spec.frappeVersion"
            fields.note(.error, path, "required unless imageConfig.tag is given, for example frappeVersion: version-15")
        }
        return ImageSettings(
            repository: fields.text("spec.imageConfig.repository") ?? "frappe/erpnext", tag: tag ?? "latest",
            pullPolicy: fields.text("spec.imageConfig.pullPolicy").flatMap(ImageSettings.PullPolicy.init)
                ?? .ifNotPresent)
    }

    private func isAbsent(_ path: String) -> Bool { (fields[path] ?? .null) == .null }

    /// Whether the version is there under another name, or there is no place for it: both are said elsewhere.
    private func isMisspelled() -> Bool {
        guard let entries = fields["spec"]?.entries, let node = ManifestSchema.root(of: .bench).child("spec") else {
            return true
        }
        return Misnomers.stand(for: "frappeVersion", in: entries, of: node, "spec", .bench)
    }

    private mutating func apps() -> [String] {
        var names = (fields["spec.apps"]?.items ?? []).compactMap { $0["name"]?.string }
        if let text = fields["spec.appsJSON"]?.string, !text.isEmpty {
            let listed = (try? JSONNames.read(text)) ?? []
            let advice = names.isEmpty ? "" : "; ignored, as apps is given"
            fields.note(.warning, "spec.appsJSON", "deprecated: list the apps in apps\(advice)")
            if names.isEmpty { names = listed }
        }
        return unique(names)
    }

    /// The names beside frappe; one that is listed twice is an error.
    private mutating func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        for (index, name) in names.enumerated() where !seen.insert(name).inserted {
            fields.note(.error, "spec.apps[\(index)].name", "\(SafeText.quoted(name)) is listed twice")
        }
        return names.filter { $0 != "frappe" && seen.remove($0) != nil }
    }

    private mutating func replicas() -> [Component: Int] {
        for name in ["nginx", "socketio"] {
            let path = "spec.componentReplicas.\(name)"
            guard let count = fields.integer(path), count > 1 else { continue }
            fields.note(.warning, path, "one \(name) is enough on one host: \(count) are not made")
        }
        let scalable = Component.allCases.filter(\.isScalable)
        return Dictionary(
            uniqueKeysWithValues: scalable.map { ($0, fields.integer("spec.componentReplicas.\($0.manifestKey)") ?? 1) }
        )
    }

    private mutating func resources() -> [Component: ComponentResources] {
        var resources = Component.defaultResources
        for (key, component) in BenchFields.resourceComponents {
            let path = "spec.componentResources.\(key)"
            guard let standard = resources[component], fields[path]?.isMap == true else { continue }
            resources[component] = componentResources(path, standard)
        }
        return resources
    }

    /// What is written, and for the rest the default moved as far as needed: a request never exceeds its limit.
    private mutating func componentResources(_ path: String, _ standard: ComponentResources) -> ComponentResources {
        let cpu = pair(
            "cpu", path, fields.milliCPU("\(path).requests.cpu"), fields.milliCPU("\(path).limits.cpu"),
            (standard.requestedCPU, standard.limitCPU))
        let memory = pair(
            "memory", path, fields.bytes("\(path).requests.memory"), fields.bytes("\(path).limits.memory"),
            (standard.requestedMemory, standard.limitMemory))
        if fields.bytes("\(path).limits.memory") != nil, memory.limit < 64 << 20 {
            let name = path.split(separator: ".").last ?? ""
            fields.note(.warning, "\(path).limits.memory", "under 64Mi: \(name) will hardly start")
        }
        return ComponentResources(
            requestedCPU: cpu.request, requestedMemory: memory.request, limitCPU: cpu.limit, limitMemory: memory.limit)
    }

    private mutating func pair(
        _ name: String, _ path: String, _ request: Int?, _ limit: Int?, _ standard: (request: Int, limit: Int)
    ) -> (request: Int, limit: Int) {
        if let request, let limit, limit < request {
            let written = fields["\(path).requests.\(name)"]?.amountText ?? ""
            fields.note(
                .error, "\(path).limits.\(name)", "the limit is below the request of \(SafeText.plain(written))")
        }
        let wanted = request ?? min(standard.request, limit ?? .max)
        return (wanted, limit ?? max(standard.limit, wanted))
    }

    private func redis() -> RedisSettings {
        var redis = RedisSettings()
        redis.flavour = fields.text("spec.redisConfig.type").flatMap(RedisSettings.Flavour.init) ?? redis.flavour
        redis.image = fields.text("spec.redisConfig.image")
        redis.maxMemory = fields.bytes("spec.redisConfig.maxMemory")
        return redis
    }

    private func suffix() -> String? {
        fields.text("spec.domainConfig.suffix").map { $0.hasPrefix(".") ? $0 : "." + $0 }
    }
}
