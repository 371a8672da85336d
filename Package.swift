// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// The toolchain's own linker, and no table of what a library would export: a tenth less memory than with the system's.
let compact: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "--no-export-dynamic"], .when(platforms: [.linux], configuration: .release))
]

func product(_ name: String, _ package: String) -> Target.Dependency { .product(name: name, package: package) }

let argumentParser = product("ArgumentParser", "swift-argument-parser")
let yams = product("Yams", "Yams")
let mustache = product("Mustache", "swift-mustache")
let grdb = product("GRDB", "GRDB.swift")
let subprocess = product("Subprocess", "swift-subprocess")
let system = product("SystemPackage", "swift-system")

let package = Package(
    name: "frappectl",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "frappectl", targets: ["frappectl"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "FrappeModel", swiftSettings: settings),
        .target(name: "ManifestParsing", dependencies: ["FrappeModel", yams], swiftSettings: settings),
        .target(
            name: "ComposeTemplates", path: "compose",
            resources: [
                "bench.yaml", "host.yaml", "configure.py", "commands.py", "facts.py", "assets.sh", "login.py",
                "database.py", "compare.py", "rename.py", "redis.py", "external.py",
            ].map { .embedInCode($0) },
            swiftSettings: settings),
        .target(name: "NginxTemplates", path: "nginx", resources: [.embedInCode("templates")], swiftSettings: settings),
        .target(
            name: "Rendering", dependencies: ["FrappeModel", "ComposeTemplates", "NginxTemplates", yams, mustache],
            swiftSettings: settings),
        .target(name: "Planning", dependencies: ["FrappeModel"], swiftSettings: settings),
        .target(name: "Diagnosis", dependencies: ["FrappeModel"], swiftSettings: settings),
        // Not linked: the first transfer loads it, since its own libraries would take half of a short command's time.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(name: "CTimex"),
        .target(name: "CCurlShim", dependencies: ["CCurl"]),
        .target(name: "CProjectQuota"),
        .target(name: "CurlTransport", dependencies: ["CCurl", "CCurlShim"], swiftSettings: settings),
        .target(name: "DockerEngine", dependencies: ["CurlTransport"], swiftSettings: settings),
        .target(name: "StateStore", dependencies: ["FrappeModel", grdb], swiftSettings: settings),
        .target(
            name: "Operations",
            dependencies: [
                "FrappeModel", "ManifestParsing", "ComposeTemplates", "Rendering", "Planning", "Diagnosis",
                "StateStore", "DockerEngine",
                "CurlTransport", "CProjectQuota", "CTimex", subprocess, system,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "frappectl",
            dependencies: [
                "FrappeModel", "ManifestParsing", "Planning", "Diagnosis", "StateStore", "DockerEngine", "Operations",
                argumentParser,
            ],
            swiftSettings: settings, linkerSettings: compact),

        .executableTarget(
            name: "IngressBenchmark", dependencies: ["CurlTransport", "FrappeModel", "Operations", "Rendering"],
            swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: ["FrappeModel", "StateStore", "DockerEngine", "CurlTransport", subprocess, system],
            swiftSettings: settings),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
        .testTarget(name: "CurlTransportTests", dependencies: ["CurlTransport"], swiftSettings: settings),
        .testTarget(
            name: "DockerEngineTests", dependencies: ["CurlTransport", "DockerEngine", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "DiagnosisTests", dependencies: ["FrappeModel", "Diagnosis"], swiftSettings: settings),
        .testTarget(name: "FrappeModelTests", dependencies: ["FrappeModel"], swiftSettings: settings),
        .testTarget(
            name: "IngressTests",
            dependencies: ["FrappeModel", "NginxTemplates", "Operations", "Rendering", subprocess, system],
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "ManifestParsingTests", dependencies: ["FrappeModel", "ManifestParsing"], swiftSettings: settings),
        .testTarget(name: "PlanningTests", dependencies: ["FrappeModel", "Planning"], swiftSettings: settings),
        .testTarget(
            name: "RenderingTests", dependencies: ["FrappeModel", "NginxTemplates", "Rendering", yams],
            swiftSettings: settings),
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "TestSupport", "FrappeModel", "DockerEngine", "CurlTransport", "StateStore", "frappectl", subprocess,
            ],
            swiftSettings: settings),
        .testTarget(name: "StateStoreTests", dependencies: ["FrappeModel", "StateStore"], swiftSettings: settings),
        .testTarget(
            name: "TerminalTests",
            dependencies: [
                "Diagnosis", "FrappeModel", "ManifestParsing", "Operations", "Planning", "StateStore", "frappectl",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "OperationsTests",
            dependencies: ["DockerEngine", "FrappeModel", "ManifestParsing", "Operations", subprocess],
            swiftSettings: settings),
    ]
)
