// Fields that one version of the operator has and the other has not.
extension BenchFields {
    static let further: [FieldSchema] =
        scaling("spec.gunicornAutoscaling", "Web servers that follow their load.")
        + scaling("spec.socketIOAutoscaling", "Realtime servers; one is enough here.", status: .meaningless)
        + scaling("spec.nginxAutoscaling", "Inner proxies; one is enough here.", status: .meaningless)
        + [
            .init("spec.observability", .map, "Metrics and traces for other programs.", status: .meaningless),
            .init("spec.observability.enableTelemetry", .bool, "Whether a container beside each sends them."),
            .init(
                "spec.observability.otelExporterEndpoint", .text, "Where they go.",
                example: "http://collector:4317"),
        ]

    private static func scaling(
        _ path: String, _ meaning: String, status: FieldSchema.Status = .inForce
    ) -> [FieldSchema] {
        [
            .init(path, .map, meaning, status: status),
            .init(
                "\(path).enabled", .bool, "Whether it scales by itself; until then, its fewest run.", status: .notYet,
                quiet: "false"),
            .init("\(path).minReplicas", .integer(0...100), "Fewest.", example: "1"),
            .init("\(path).maxReplicas", .integer(1...100), "Most.", example: "4"),
            .init(
                "\(path).targetCPUUtilizationPercentage", .integer(1...100), "Percent of CPU that calls for one more.",
                status: .notYet),
            .init(
                "\(path).targetMemoryUtilizationPercentage", .integer(1...100),
                "Percent of memory that calls for one more.", status: .notYet),
            .init(
                "\(path).cooldownPeriod", .integer(0...86_400), "Seconds before one is taken away.", status: .notYet),
            .init("\(path).pollingInterval", .integer(1...86_400), "Seconds between looks.", status: .notYet),
            .init("\(path).triggers", .anything, "Triggers of KEDA.", status: .meaningless),
        ]
    }
}
