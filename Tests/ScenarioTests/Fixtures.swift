import Foundation
import Synchronization
import TestSupport

/// Runs the body with an installation of its own that is gone afterwards, whatever happens.
///
/// - Parameter account: whose it is; nil for whoever runs the tests.
func withInstallation(as account: Account? = nil, _ body: (Installation) async throws -> Void) async throws {
    let installation = try await Installation.make(as: account)
    let failures = Failures.count
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(installation)) } catch { outcome = .failure(error) }
    if (try? outcome.get()) == nil || Failures.count > failures { print(await installation.report()) }
    await installation.tearDown()
    try outcome.get()
}

/// Runs the body with a disk that the installation uses, which is unmounted afterwards, whatever happens.
func withDisk(_ disk: SmallDisk, of shop: Installation, _ body: () async throws -> Void) async throws {
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    disk.clear()
    if (try? outcome.get()) == nil { print(await shop.report()) }
    _ = try await shop.run(["down"])
    try await shop.reset(keepsFiles: true)
    try await disk.unmount()
    try outcome.get()
}

/// Runs the body with the installation that scenarios share: bench `shop` with `one.localhost` and `two.localhost`.
///
/// It is up when the body starts; a body that changes it changes it back.
func withShop(_ body: (Installation) async throws -> Void) async throws {
    let current = Shop.current
    let shop = try await current.ready()
    let failures = Failures.count
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(shop)) } catch { outcome = .failure(error) }
    if (try? outcome.get()) == nil || Failures.count > failures {
        print(await shop.report())
        await current.mistrust()
    }
    try outcome.get()
}

/// A shared installation: brought up by the first scenario that wants it, gone when the process ends.
actor Shop {
    static let shared = Shop("shared")
    static let apart = Shop("apart")
    /// That of the scenario that runs.
    @TaskLocal static var current = Shop.shared
    static let manifest = "shop.yaml"

    private let name: String

    private init(_ name: String) { self.name = name }

    /// How its first `up` went.
    private(set) var firstUp: ProgramResult?
    private var state: State = .none
    private static let toCleanUp = Mutex<[String: Installation]>([:])
    /// Registered by the first that asks.
    private static let cleansUp: Void = { _ = atexit { Shop.cleanUpAtExit() } }()

    private enum State {
        case none, failed(TestFailure)
        case up(Installation)
        /// A scenario failed in it: what it left is mended before the next one.
        case doubtful(Installation)
    }

    /// The installation, as its manifest says.
    func ready() async throws -> Installation {
        switch state {
        case .up(let shop): return shop
        case .failed(let failure): throw failure
        case .none: return try await bringUp(try await make())
        case .doubtful(let shop):
            if let mended = try? await mend(shop) { return mended }
            // One scenario that ruins its installation is one failure, not all that follow.
            await shop.tearDown()
            return try await bringUp(try await make())
        }
    }

    func mistrust() {
        if case .up(let shop) = state { state = .doubtful(shop) }
    }

    private func make() async throws -> Installation {
        let shop = try await Installation.make()
        Self.toCleanUp.withLock { $0[name] = shop }
        // What was registered last comes first at exit: registered once the libraries have registered theirs.
        _ = try await (shop.run(["version"]), shop.engine.ping())
        Self.cleansUp
        try shop.write(shop.shopManifest, to: Self.manifest)
        return shop
    }

    private func bringUp(_ shop: Installation) async throws -> Installation {
        let up = try await shop.run(["up", "-f", Self.manifest])
        if firstUp == nil { firstUp = up }
        guard up.exitCode == 0 else {
            print(await shop.report())
            let failure = TestFailure("the shared installation did not come up: \(up)")
            state = .failed(failure)
            throw failure
        }
        state = .up(shop)
        return shop
    }

    /// Takes back what a failed scenario left.
    private func mend(_ shop: Installation) async throws -> Installation {
        try await shop.succeed(["up", "-f", Self.manifest])
        for site in try await shop.succeed(["site", "list", "--json"]).json().array.compactMap(\.siteName.string)
        where !["one.localhost", "two.localhost"].contains(site) {
            try await shop.succeed(["delete", "site", site, "--yes", site])
        }
        for bench in try await shop.succeed(["get", "bench", "--json"]).json().array.compactMap(\.metadata.name.string)
        where bench != "shop" {
            try await shop.succeed(["delete", "bench", bench, "--yes", bench])
        }
        let plan = try await shop.run(["plan"])
        guard plan.exitCode == 0 else { throw TestFailure("\(plan)") }
        state = .up(shop)
        return shop
    }

    /// At exit nobody awaits any more: this thread waits for the others to finish the work.
    private static func cleanUpAtExit() {
        let shops = toCleanUp.withLock { Array($0.values) }
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            for shop in shops { await shop.tearDown() }
            done.signal()
        }
        done.wait()
    }
}
