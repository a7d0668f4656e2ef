internal import HTTPTypes
public import Hummingbird
internal import Synchronization

/// Counts requests and how long they took, by route and status; a lock and two additions a request.
public final class RequestMeter: Sendable {
    /// Upper ends of the buckets, in milliseconds.
    static let boundsMilliseconds: [Int64] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000]
    /// Different routes that are counted apart, so that no one can make the server count without end.
    static let routesMax = 300

    struct Place: Hashable, Sendable {
        var method: String
        var route: String
        var status: Int
    }

    struct Tally: Sendable {
        var count: Int64 = 0
        var nanoseconds: Int64 = 0
        var buckets = [Int64](repeating: 0, count: RequestMeter.boundsMilliseconds.count + 1)
    }

    private let tallies = Mutex<[Place: Tally]>([:])
    let startedAt = ContinuousClock.now

    public init() {}

    func count(_ place: Place, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        let bucket =
            RequestMeter.boundsMilliseconds.firstIndex { nanoseconds <= $0 * 1_000_000 } ?? RequestMeter.boundsMilliseconds.count
        tallies.withLock { tallies in
            var place = place
            if tallies[place] == nil, tallies.count >= RequestMeter.routesMax { (place.method, place.route) = ("other", "other") }
            tallies[place, default: Tally()].count += 1
            tallies[place, default: Tally()].nanoseconds += nanoseconds
            tallies[place, default: Tally()].buckets[bucket] += 1
        }
    }

    var snapshot: [(place: Place, tally: Tally)] {
        tallies.withLock { $0.map { ($0.key, $0.value) } }
            .sorted { ($0.0.route, $0.0.method, $0.0.status) < ($1.0.route, $1.0.method, $1.0.status) }
    }
}

/// Counts every request with a ``RequestMeter``.
public struct MeterMiddleware<Context: RequestContext>: RouterMiddleware {
    private let meter: RequestMeter

    public init(_ meter: RequestMeter) { self.meter = meter }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let startedAt = ContinuousClock.now
        let response = try await next(request, context)
        let place = RequestMeter.Place(
            method: request.method.rawValue, route: context.endpointPath ?? "none", status: response.status.code)
        meter.count(place, ContinuousClock.now - startedAt)
        return response
    }
}
