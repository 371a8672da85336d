/// The texts that the proxy's configuration is made of; the lists of sites have no template, they are plain lines.
package enum NginxTemplate: String, CaseIterable, Sendable {
    case main = "nginx.conf.mustache"
    case generation = "generation.conf.mustache"
    case bench = "bench.conf.mustache"
    case servingBench = "bench-serving.server.mustache"
    case stoppedBench = "bench-stopped.server.mustache"
    case site = "site.conf.mustache"
    case settings = "settings.conf.mustache"
    case http = "http.conf.mustache"
    case include = "include.conf.mustache"
    case page = "page.html.mustache"
    case edge = "edge.conf.mustache"
    case unit = "nginx.service.mustache"
    case logRotation = "logrotate.conf.mustache"
    case renewal = "certificates.service.mustache"
    case renewalTimer = "certificates.timer.mustache"
    case headers = "headers.conf"
    case tls = "tls.conf"
    case mimeTypes = "mime.types"

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    private var bytes: [UInt8] {
        switch self {
        case .main: PackageResources.nginx_conf_mustache
        case .generation: PackageResources.generation_conf_mustache
        case .bench: PackageResources.bench_conf_mustache
        case .servingBench: PackageResources.bench_serving_server_mustache
        case .stoppedBench: PackageResources.bench_stopped_server_mustache
        case .site: PackageResources.site_conf_mustache
        case .settings: PackageResources.settings_conf_mustache
        case .http: PackageResources.http_conf_mustache
        case .include: PackageResources.include_conf_mustache
        case .page: PackageResources.page_html_mustache
        case .edge: PackageResources.edge_conf_mustache
        case .unit: PackageResources.nginx_service_mustache
        case .logRotation: PackageResources.logrotate_conf_mustache
        case .renewal: PackageResources.certificates_service_mustache
        case .renewalTimer: PackageResources.certificates_timer_mustache
        case .headers: PackageResources.headers_conf
        case .tls: PackageResources.tls_conf
        case .mimeTypes: PackageResources.mime_types
        }
    }
}
