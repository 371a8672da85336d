import FrappeModel
import ManifestParsing

/// Verbs that change a stored manifest and then converge just what it is about; `up` afterwards changes nothing.
struct Edit: Sendable {
    let host: HostContext

    /// - Parameter change: given what is stored now, gives the documents that replace their namesakes.
    func apply(
        subject: String, locks: [LockName: FileLock.Mode], scope: Scope,
        _ change: @escaping @Sendable ([ManifestDocument]) throws -> [ManifestDocument]
    ) async throws -> UpReport {
        try await host.operation(subject: subject, locks: locks) { operation in
            let stored = try host.store.documents()
            let set = try ManifestSet.merge(stored: stored, documents: try change(stored))
            return try await Up(host).converge(set, operation: operation, scope: scope)
        }
    }
}

extension [ManifestDocument] {
    /// The stored manifest, or an error that names those that are there.
    func named(_ object: ObjectName, _ kind: ManifestKind) throws -> ManifestDocument {
        if let found = first(where: { $0.key == ManifestKey(kind, object) }) { return found }
        let known = filter { $0.key.kind == kind }.map { "\($0.key.object)" }.sorted()
        throw OperationError.unknown(kind.word, "\(object)", known: known)
    }
}

/// `bench scale`: how many containers of a component run.
package struct BenchScale: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    package func run(bench: ObjectName, component: Component, replicas: Int) async throws -> UpReport {
        guard component.isScalable else {
            let scalable = Component.allCases.filter(\.isScalable).map(\.rawValue).joined(separator: ", ")
            throw OperationError.usage(
                "\(component.rawValue) runs once in each bench; to be scaled: \(scalable)"
                    + "\n  next: frappectl bench scale \(bench) web 2")
        }
        return try await Edit(host: host).apply(
            subject: "bench \(bench)", locks: [.host: .shared, .bench(bench): .exclusive], scope: .bench(bench)
        ) { stored in
            var document = try stored.named(bench, .bench)
            document.value.set(["spec", "componentReplicas", component.manifestKey], to: .integer(replicas))
            return [document]
        }
    }
}

/// `site new`: one more site on a bench.
package struct SiteNew: Sendable {
    let host: HostContext

    package struct Request: Sendable {
        package var siteName: String
        package var bench: ObjectName?
        package var domain: String?
        package var apps: [String]

        package init(siteName: String, bench: ObjectName?, domain: String?, apps: [String]) {
            self.siteName = siteName
            self.bench = bench
            self.domain = domain
            self.apps = apps
        }
    }

    package init(_ host: HostContext) { self.host = host }

    package func run(_ request: Request) async throws -> UpReport {
        let bench = try host.bench(request.bench)
        let object = ObjectName(request.siteName, namespace: bench.namespace)
        let locks: [LockName: FileLock.Mode] = [.host: .shared, .bench(bench): .exclusive]
        return try await Edit(host: host).apply(
            subject: "site \(request.siteName)", locks: locks, scope: .bench(bench)
        ) { stored in
            _ = try stored.named(bench, .bench)
            let key = ManifestKey(.site, object)
            if let same = stored.first(where: {
                $0.key.kind == .site && $0.value["spec"]?["siteName"]?.string == request.siteName
            }),
                same.key != key
            {
                throw OperationError.failed(
                    "the site \(request.siteName) exists", next: "frappectl site show \(request.siteName)")
            }
            guard let known = stored.first(where: { $0.key == key }) else {
                return [Self.document(request, object: object, bench: bench)]
            }
            guard known.value["spec"]?["siteName"]?.string == request.siteName else {
                // A site that was renamed keeps its object's name.
                let free = Self.freeObject(object, besides: Set(stored.map(\.key)))
                return [Self.document(request, object: free, bench: bench)]
            }
            return [known]
        }
    }

    private static func freeObject(_ object: ObjectName, besides taken: Set<ManifestKey>) -> ObjectName {
        let numbered = (2...).lazy.map { ObjectName("\(object.name)-\($0)", namespace: object.namespace) }
        return numbered.first { !taken.contains(ManifestKey(.site, $0)) } ?? object
    }

    private static func document(_ request: Request, object: ObjectName, bench: ObjectName) -> ManifestDocument {
        var value = ManifestValue.map([])
        value.set(["apiVersion"], to: .string("vyogo.tech/v1alpha1"))
        value.set(["kind"], to: .string(ManifestKind.site.rawValue))
        value.set(["metadata", "name"], to: .string(object.name))
        if object.namespace != ObjectName.defaultNamespace {
            value.set(["metadata", "namespace"], to: .string(object.namespace))
        }
        value.set(["spec", "benchRef", "name"], to: .string(bench.name))
        value.set(["spec", "siteName"], to: .string(request.siteName))
        if let domain = request.domain { value.set(["spec", "domain"], to: .string(domain)) }
        if !request.apps.isEmpty {
            value.set(["spec", "apps"], to: .list(request.apps.map { .string($0) }))
        }
        var document = ManifestDocument(
            key: ManifestKey(.site, object), apiVersion: "vyogo.tech/v1alpha1", value: value)
        let here = SourceLocation(place: "site new")
        for path in ["", "metadata.name", "spec", "spec.siteName", "spec.domain", "spec.apps"] {
            document.locations[path] = here
        }
        return document
    }
}
