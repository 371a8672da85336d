/// The container definitions and what runs in one-shot containers, carried inside the binary.
package enum ComposeTemplate {
    /// The services of one bench.
    package static var bench: String { text(PackageResources.bench_yaml) }
    /// The services that benches share.
    package static var host: String { text(PackageResources.host_yaml) }
    /// Python that writes a bench's configuration.
    package static var configure: String { text(PackageResources.configure_py) }
    /// Python that runs bench commands.
    package static var commands: String { text(PackageResources.commands_py) }
    /// Python that prints what an image contains.
    package static var facts: String { text(PackageResources.facts_py) }
    /// Python that tells which files of a bench differ.
    package static var compare: String { text(PackageResources.compare_py) }
    /// Python that makes a link to log in with.
    package static var login: String { text(PackageResources.login_py) }
    /// Python that becomes a site's database client.
    package static var database: String { text(PackageResources.database_py) }
    /// Python that gives a site's directory another name.
    package static var rename: String { text(PackageResources.rename_py) }
    /// Python that asks an external Redis what it is.
    package static var redis: String { text(PackageResources.redis_py) }
    /// Python that looks at a database of others.
    package static var external: String { text(PackageResources.external_py) }
    /// Bash that copies assets out of an image.
    package static var assets: String { text(PackageResources.assets_sh) }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
