/// The texts that the proxy's configuration is made of; the lists of sites have no template, they are plain lines.
package enum NginxTemplate: String, CaseIterable, Sendable {
    case main = "nginx.conf.mustache"
    case generation = "generation.conf.mustache"
    case bench = "bench.conf.mustache"
    case stoppedBench = "bench-stopped.conf.mustache"
    case page = "page.html.mustache"
    case edge = "edge.conf.mustache"
    case headers = "headers.conf"
    case mimeTypes = "mime.types"

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    private var bytes: [UInt8] {
        switch self {
        case .main: PackageResources.nginx_conf_mustache
        case .generation: PackageResources.generation_conf_mustache
        case .bench: PackageResources.bench_conf_mustache
        case .stoppedBench: PackageResources.bench_stopped_conf_mustache
        case .page: PackageResources.page_html_mustache
        case .edge: PackageResources.edge_conf_mustache
        case .headers: PackageResources.headers_conf
        case .mimeTypes: PackageResources.mime_types
        }
    }
}
