/// A part of a bench that runs as its own container, or the database server that benches share.
package enum Component: String, Codable, Sendable, CaseIterable, Comparable {
    case mariadb
    case redisCache = "redis-cache"
    case redisQueue = "redis-queue"
    case web
    case socketio
    case workerDefault = "worker-default"
    case workerShort = "worker-short"
    case workerLong = "worker-long"
    case scheduler
    case edge

    /// The components that one bench has of its own.
    package static let ofBench: [Component] = allCases.filter { $0 != .mariadb }

    /// The key of this component in `componentReplicas` and `componentResources`.
    package var manifestKey: String {
        switch self {
        case .web: "gunicorn"
        case .workerDefault: "workerDefault"
        case .workerShort: "workerShort"
        case .workerLong: "workerLong"
        case .edge: "nginx"
        case .redisCache: "redisCache"
        case .redisQueue: "redisQueue"
        case .socketio, .scheduler, .mariadb: rawValue
        }
    }

    /// Whether a manifest may ask for more or fewer than one.
    package var isScalable: Bool {
        switch self {
        case .web, .workerDefault, .workerShort, .workerLong: true
        case .mariadb, .redisCache, .redisQueue, .socketio, .scheduler, .edge: false
        }
    }

    package var isWorker: Bool {
        switch self {
        case .workerDefault, .workerShort, .workerLong: true
        default: false
        }
    }

    package var isRedis: Bool { self == .redisCache || self == .redisQueue }

    /// Whether it waits on connections that were opened once, and would not notice when their other end is gone.
    /// redis-queue hands a job to whoever has waited longest, also when that one can be reached no more.
    package var keepsConnections: Bool { isWorker || self == .socketio || self == .redisQueue }

    package static func < (left: Component, right: Component) -> Bool {
        left.order < right.order
    }

    private var order: Int { Component.allCases.firstIndex(of: self) ?? 0 }

    /// What a component may use when its manifest says nothing.
    package static let defaultResources: [Component: ComponentResources] = [
        .web: .init(requestedCPU: 100, requestedMemory: 256 << 20, limitCPU: 1000, limitMemory: 1 << 30),
        .socketio: .init(requestedCPU: 50, requestedMemory: 64 << 20, limitCPU: 200, limitMemory: 256 << 20),
        .scheduler: .init(requestedCPU: 50, requestedMemory: 128 << 20, limitCPU: 500, limitMemory: 512 << 20),
        .workerDefault: .init(requestedCPU: 100, requestedMemory: 256 << 20, limitCPU: 500, limitMemory: 512 << 20),
        .workerLong: .init(requestedCPU: 100, requestedMemory: 256 << 20, limitCPU: 1000, limitMemory: 1 << 30),
        .workerShort: .init(requestedCPU: 50, requestedMemory: 128 << 20, limitCPU: 200, limitMemory: 256 << 20),
        .edge: .init(requestedCPU: 20, requestedMemory: 16 << 20, limitCPU: 500, limitMemory: 128 << 20),
        .redisCache: .init(requestedCPU: 50, requestedMemory: 64 << 20, limitCPU: 500, limitMemory: 256 << 20),
        .redisQueue: .init(requestedCPU: 50, requestedMemory: 64 << 20, limitCPU: 500, limitMemory: 256 << 20),
    ]
}
