internal import EventStore
internal import Intake
internal import Workspaces

#if canImport(Glibc)
internal import Glibc
#endif

/// What `/metrics` answers.
///
/// Prometheus text, version 0.0.4. No names of workspaces, people or events.
struct MetricsText {
    private var out = ""

    static func text(of directory: WorkspaceDirectory, _ meter: RequestMeter) -> String {
        var text = MetricsText()
        text.addRequests(meter)
        text.addWorkspaces(directory)
        text.addProcess(meter)
        return text.out
    }

    private mutating func addRequests(_ meter: RequestMeter) {
        let places = meter.snapshot
        family("teahouse_http_requests_total", "counter", "Requests answered, by method, route and status.")
        for (place, tally) in places {
            out += "teahouse_http_requests_total{\(labels(place)),status=\"\(place.status)\"} \(tally.count)\n"
        }
        family("teahouse_http_request_seconds", "histogram", "How long requests took until their answer's head.")
        for (place, tally) in places {
            let labels = "\(labels(place)),status=\"\(place.status)\""
            var sum: Int64 = 0
            for (bound, count) in zip(RequestMeter.boundsMilliseconds, tally.buckets) {
                sum += count
                out += "teahouse_http_request_seconds_bucket{\(labels),le=\"\(Double(bound) / 1_000)\"} \(sum)\n"
            }
            out += "teahouse_http_request_seconds_bucket{\(labels),le=\"+Inf\"} \(tally.count)\n"
            out += "teahouse_http_request_seconds_sum{\(labels)} \(Double(tally.nanoseconds) / 1e9)\n"
            out += "teahouse_http_request_seconds_count{\(labels)} \(tally.count)\n"
        }
    }

    private mutating func addWorkspaces(_ directory: WorkspaceDirectory) {
        let open = directory.openWorkspaces()
        let live = open.map { $0.live.snapshot() }
        family("teahouse_events_total", "counter", "Calls since the start, by what became of them.")
        out += "teahouse_events_total{outcome=\"taken\"} \(live.reduce(0) { $0 + $1.taken })\n"
        out += "teahouse_events_total{outcome=\"duplicate\"} \(live.reduce(0) { $0 + $1.duplicates })\n"
        out += "teahouse_events_total{outcome=\"refused\"} \(live.reduce(0) { $0 + $1.refused })\n"
        addProductCodes(directory.productCounts)
        let stores = open.map { $0.store.statistics }
        gauge(
            "teahouse_records_stuck", "1 while what was written ahead of the records' tables does not come into them.",
            directory.areRecordsStuck ? 1 : 0)
        gauge("teahouse_workspaces", "Workspaces there are.", directory.workspaces().count)
        gauge("teahouse_workspaces_open", "Workspaces in use.", open.count)
        gauge("teahouse_store_calls", "Calls kept in the open workspaces.", stores.reduce(0) { $0 + $1.callCount })
        gauge("teahouse_store_identities", "Identities known in the open workspaces.", stores.reduce(0) { $0 + $1.identityCount })
        gauge("teahouse_store_parts", "Parts on disk of the open workspaces.", stores.reduce(0) { $0 + $1.partCount })
        gauge("teahouse_store_part_bytes", "Bytes of these parts.", stores.reduce(0) { $0 + $1.partBytes })
        gauge("teahouse_store_log_bytes", "Bytes of the logs of the open workspaces.", stores.reduce(0) { $0 + $1.logBytes })
        gauge("teahouse_store_memory_calls", "Calls in memory and the log only.", stores.reduce(0) { $0 + $1.memoryCalls })
    }

    private mutating func addProductCodes(_ counts: [ProductCounts]) {
        family(
            "teahouse_product_codes_total", "counter", "Attempts to register product codes since the start, by what came of them.")
        let outcomes: [(String, KeyPath<ProductCounts, Int>)] = [
            ("registered", \.registered), ("known", \.known), ("contested", \.contested), ("wrong", \.wrong),
            ("throttled", \.throttled), ("blocked", \.blocked),
        ]
        for (word, count) in outcomes {
            out += "teahouse_product_codes_total{outcome=\"\(word)\"} \(counts.reduce(0) { $0 + $1[keyPath: count] })\n"
        }
    }

    private mutating func addProcess(_ meter: RequestMeter) {
        let uptime = (ContinuousClock.now - meter.startedAt).components
        gauge("teahouse_uptime_seconds", "Since the start.", Int(uptime.seconds))
        if let bytes = MetricsText.residentBytes() {
            gauge("process_resident_memory_bytes", "Memory that the process holds.", bytes)
        }
    }

    private func labels(_ place: RequestMeter.Place) -> String {
        "method=\"\(MetricsText.escaped(place.method))\",route=\"\(MetricsText.escaped(place.route))\""
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        out += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        family(name, "gauge", help)
        out += "\(name) \(value)\n"
    }

    private static func escaped(_ text: String) -> String {
        String(text.map { $0 == "\"" || $0 == "\\" || $0.isNewline ? "_" : $0 })
    }

    /// The second number of `/proc/self/statm`, in pages; nil where there is none.
    private static func residentBytes() -> Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let words = String(decoding: bytes[..<fread(&bytes, 1, 128, file)], as: UTF8.self).split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
