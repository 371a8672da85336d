import FrappeModel

/// A manifest as a cluster takes it: what the operator requires and may be left out here says what is meant without it.
package enum StrictForm {
    package static func completed(_ document: ManifestDocument) -> ManifestDocument {
        guard document.key.kind == .bench, var spec = document.value["spec"], spec.isMap else { return document }
        if spec["frappeVersion"] == nil, let tag = spec["imageConfig"]?["tag"] { spec.set(["frappeVersion"], to: tag) }
        spec.change("apps") { apps in
            guard case .list(let items) = apps else { return }
            apps = .list(items.map(app))
        }
        spec.change("redisConfig") { redis in
            if redis.isMap, redis["type"] == nil { redis.set(["type"], to: .string("redis")) }
        }
        var document = document
        document.value.set(["spec"], to: spec)
        return document
    }

    private static func app(_ written: ManifestValue) -> ManifestValue {
        guard written.isMap, written["source"] == nil else { return written }
        var app = written
        app.set(["source"], to: .string("image"))
        return app
    }
}
