import FrappeModel

/// Reads a `FrappeBench`.
struct BenchDecoding {
    private(set) var fields: DocumentFields

    init(_ fields: DocumentFields) {
        self.fields = fields
    }

    mutating func bench() -> Bench {
        let tier = tier()
        let database = DatabaseDecoding(fields)
        DatabaseDecoding.check(&fields, mode: database.mode ?? .shared)
        var bench = Bench(
            name: fields.name, image: image(), apps: apps(), replicas: replicas(), resources: resources(tier),
            redis: redis(), domainSuffix: suffix())
        bench.ownMemory = ownMemory().union(tier.map { Set($0.resources.keys) } ?? [])
        bench.jobResources = jobResources()
        bench.databaseServer = database.sharedServer
        bench.storageSize = fields.bytes("spec.storageSize")
        bench.storageClassName = fields.text("spec.storageClassName").flatMap {
            ["", StorageClass.rootName].contains($0) ? nil : $0
        }
        bench.detectsDomain = fields["spec.domainConfig.autoDetect"] != .bool(false)
        bench.commonSiteConfig = CommonSiteConfig.read(&fields)
        bench.pullSecrets = (fields["spec.imageConfig.pullSecrets"]?.items ?? []).compactMap { item in
            item["name"]?.string.map { ObjectName($0, namespace: fields.name.namespace) }
        }
        return bench
    }

    private func ownMemory() -> Set<Component> {
        let sized = Self.sized.filter { path, _ in
            ["requests", "limits"].contains { fields.bytes("\(path).\($0).memory") != nil }
        }
        return Set(sized.map(\.component))
    }

    /// Where the resources of each component are.
    private static let sized =
        BenchFields.resourceComponents.map { (path: "spec.componentResources.\($0.key)", component: $0.component) }
        + [Component.redisCache, .redisQueue].map { (path: "spec.redisConfig.resources", component: $0) }

    /// The annotation that chooses sizes for all components that the manifest does not size itself.
    private mutating func tier() -> ResourceTier? {
        guard let text = fields["metadata"]?["annotations"]?["frappectl.dev/tier"]?.string else { return nil }
        if let tier = ResourceTier(rawValue: text) { return tier }
        let names = ResourceTier.allCases.map(\.rawValue).joined(separator: ", ")
        fields.note(
            .error, "metadata.annotations.frappectl.dev/tier", "\(SafeText.quoted(text)) is not one of \(names)")
        return nil
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
            uniqueKeysWithValues: scalable.map {
                ($0, scaled($0) ?? fields.integer("spec.componentReplicas.\($0.manifestKey)") ?? 1)
            })
    }

    /// The count of a component that an autoscaling block gives while nothing scales yet: as the operator does without
    /// a scaler the static one, else the fewest where it is enabled. Of those that could go down to none and come back,
    /// one stays, or nobody would do the jobs.
    private mutating func scaled(_ component: Component) -> Int? {
        guard let path = Self.scaling(component).first(where: { fields[$0]?.isMap == true }) else { return nil }
        let fewest = fields.integer("\(path).minReplicas")
        if let fewest, let most = fields.integer("\(path).maxReplicas"), most < fewest {
            fields.note(.error, "\(path).maxReplicas", "is below minReplicas of \(fewest)")
        }
        let isEnabled = fields[path]?["enabled"] == .bool(true)
        let number = fields.integer("\(path).staticReplicas") ?? (isEnabled ? fewest : nil)
        guard let count = number.map({ isEnabled || component == .web ? max(1, $0) : $0 }) else { return nil }
        let plain = "spec.componentReplicas.\(component.manifestKey)"
        if let other = fields.integer(plain), other != count {
            fields.note(.warning, plain, "\(other) is overruled by \(path), which gives \(count)")
        }
        return count
    }

    /// Where a component's autoscaling may be, in the shapes of the format's versions.
    private static func scaling(_ component: Component) -> [String] {
        let old: [String] =
            switch component {
            case .web: ["spec.gunicornAutoscaling", "spec.componentHPA.gunicorn"]
            case .workerDefault: ["spec.workerAutoscaling.default"]
            case .workerLong: ["spec.workerAutoscaling.long"]
            case .workerShort: ["spec.workerAutoscaling.short"]
            default: []
            }
        return [component.manifestKey, component.rawValue].map { "spec.componentAutoscaling.\($0)" }
            + old
    }

    private mutating func resources(_ tier: ResourceTier?) -> [Component: ComponentResources] {
        var resources = Component.defaultResources.merging(tier?.resources ?? [:]) { $1 }
        for (path, component) in Self.sized {
            guard let standard = resources[component], fields[path]?.isMap == true else { continue }
            resources[component] = componentResources(path, standard)
        }
        return resources
    }

    private mutating func componentResources(_ path: String, _ standard: ComponentResources) -> ComponentResources {
        fields.checkResources(path)
        let given = fields.resources(path)
        if let limit = given.limitMemory, limit < 64 << 20 {
            let name = path.split(separator: ".").last ?? ""
            fields.note(.warning, "\(path).limits.memory", "under 64Mi: \(name) will hardly start")
        }
        return given.completed(by: standard)
    }

    /// As the operator takes them: the work's own entry, else the default one.
    private mutating func jobResources() -> [Job: GivenResources] {
        let standard = jobResources(of: "default")
        var resources: [Job: GivenResources] = [:]
        for job in Job.allCases { resources[job] = jobResources(of: job.rawValue) ?? standard }
        return resources
    }

    private mutating func jobResources(of name: String) -> GivenResources? {
        let path = "spec.jobResources.\(name)"
        guard fields[path]?.isMap == true else { return nil }
        fields.checkResources(path)
        return fields.resources(path)
    }

    private mutating func redis() -> RedisSettings {
        var redis = RedisSettings()
        redis.flavour = fields.text("spec.redisConfig.type").flatMap(RedisSettings.Flavour.init) ?? redis.flavour
        redis.image = fields.text("spec.redisConfig.image")
        redis.maxMemory = fields.bytes("spec.redisConfig.maxMemory")
        redis.storageSize = fields.bytes("spec.redisConfig.storageSize")
        redis.external = externalRedis()
        guard redis.external == nil else { return redis }
        guard redis.flavour == .dragonfly else { return redis }
        fields.note(
            .warning, "spec.redisConfig.type",
            "the queue is a Redis all the same: DragonFly keeps no journal, and jobs would be lost with a crash")
        if let memory = redis.maxMemory, memory < RedisSettings.leastDragonflyMemory {
            fields.note(.error, "spec.redisConfig.maxMemory", "DragonFly does not start with less than 256Mi")
        }
        return redis
    }

    /// Where the Redis is that runs elsewhere; what one of ours would have is told to mean nothing then, and the other way.
    private mutating func externalRedis() -> ExternalRedis? {
        let path = "spec.redisConfig"
        guard fields["\(path).external"] == .bool(true) else {
            for name in ["host", "port", "connectionSecretRef"] where fields["\(path).\(name)"] != nil {
                fields.note(.warning, "\(path).\(name)", "ignored: it is for external: true")
            }
            return nil
        }
        for name in ["image", "maxMemory", "storageSize", "resources"] where fields["\(path).\(name)"] != nil {
            fields.note(.warning, "\(path).\(name)", "ignored: no Redis is started for this bench")
        }
        guard let host = fields.text("\(path).host") else {
            if fields["\(path).host"] == nil {
                fields.note(.error, "\(path).external", "host is required with it, for example redis.example.com")
            }
            return nil
        }
        if host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.") {
            fields.note(.error, "\(path).host", "\(host) is each container itself: name an address that they reach")
        }
        return ExternalRedis(
            host: host, port: fields.integer("\(path).port") ?? 6379,
            secret: fields.reference("\(path).connectionSecretRef"))
    }

    private func suffix() -> String? {
        fields.text("spec.domainConfig.suffix").map { $0.hasPrefix(".") ? $0 : "." + $0 }
    }
}
