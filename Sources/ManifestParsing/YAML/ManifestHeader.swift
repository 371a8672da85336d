import FrappeModel

/// What a document says it is.
enum ManifestHeader {
    enum Finding {
        case known(ManifestKind, apiVersion: String)
        /// A kind that is read but not acted on.
        case ignored(ManifestProblem)
        case wrong(ManifestProblem)
    }

    static func read(_ root: YAMLNode, _ conversion: ValueConversion) -> Finding {
        guard root.isMap else {
            return .wrong(problem(root.mark, "", "expected a manifest (apiVersion, kind, metadata, spec)"))
        }
        guard let kindNode = root["kind"], let name = kindNode.text, !name.isEmpty else {
            return .wrong(problem(root["kind"]?.mark ?? root.mark, "kind", "required, one of \(listed(kinds))"))
        }
        guard let kind = ManifestKind(rawValue: name) else { return other(name, kindNode.mark) }
        guard let version = root["apiVersion"], let text = version.text, !text.isEmpty else {
            let mark = root["apiVersion"]?.mark ?? root.mark
            return .wrong(
                problem(mark, "apiVersion", "required, for \(name) \(ManifestSchema.apiVersions(of: kind)[0])"))
        }
        let known = ManifestSchema.apiVersions(of: kind)
        if known.contains(text) { return .known(kind, apiVersion: text) }
        let message = "\(SafeText.quoted(text)) is not a version of \(name): write \(known.joined(separator: " or "))"
        return .wrong(problem(version.mark, "apiVersion", message))

        func other(_ name: String, _ mark: YAMLMark) -> Finding {
            if foreign.contains(name) {
                return .ignored(problem(mark, "kind", "\(name) means nothing on one host; ignored", .warning))
            }
            let hint = Suggestion.closest(to: name, among: ManifestKind.allCases.map(\.rawValue)).map {
                "Did you mean \($0)?"
            }
            let message = "\(SafeText.quoted(name)) is not a kind of manifest. \(hint ?? "Kinds: \(listed(kinds))")"
            return .wrong(problem(mark, "kind", message))
        }

        func problem(
            _ mark: YAMLMark, _ path: String, _ message: String, _ severity: ManifestProblem.Severity = .error
        ) -> ManifestProblem {
            .init(severity: severity, location: conversion.location(mark), path: path, message: message)
        }
    }

    private static let kinds = ManifestKind.inForce.map(\.rawValue)
    private static func listed(_ names: [String]) -> String { names.joined(separator: ", ") }

    /// Kinds that only a cluster can act on.
    private static let foreign = [
        "Namespace", "PersistentVolume", "PersistentVolumeClaim", "StorageClass", "Service", "Ingress", "IngressClass",
        "ServiceMonitor", "PodMonitor", "PrometheusRule", "NetworkPolicy", "ServiceAccount", "Role", "RoleBinding",
        "ClusterRole", "ClusterRoleBinding", "Issuer", "ClusterIssuer", "Certificate", "HorizontalPodAutoscaler",
        "ScaledObject", "PodDisruptionBudget", "ResourceQuota", "LimitRange", "Route", "CustomResourceDefinition",
    ]
}

extension YAMLNode {
    /// The text of a scalar.
    var text: String? { if case .scalar(let scalar) = content { scalar.text } else { nil } }
}
