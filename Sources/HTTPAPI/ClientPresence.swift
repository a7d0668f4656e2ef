public import NIOCore
internal import Synchronization

/// Whether the client of a connection is still there to read an answer.
///
/// A client that closes its sending side counts as gone: whoever gives a question up does that, and nothing else can be seen of it.
public final class ClientPresence: Sendable {
    private struct State {
        var isGone = false
        var nextWaiter = 0
        var waiters: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Calls `body` once when the client is gone, at once where it is already; the number takes it back.
    func onDeparture(_ body: @escaping @Sendable () -> Void) -> Int {
        let (number, isGone) = state.withLock { state in
            state.nextWaiter += 1
            if !state.isGone { state.waiters[state.nextWaiter] = body }
            return (state.nextWaiter, state.isGone)
        }
        if isGone { body() }
        return number
    }

    func forget(_ number: Int) { state.withLock { $0.waiters[number] = nil } }

    fileprivate func depart() {
        let waiters = state.withLock { state in
            state.isGone = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter() }
    }
}

/// Notices in a connection's pipeline that its client has gone.
public final class ClientPresenceHandler: ChannelInboundHandler, RemovableChannelHandler {
    public typealias InboundIn = NIOAny

    let presence = ClientPresence()

    public init() {}

    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { presence.depart() }
        context.fireUserInboundEventTriggered(event)
    }

    public func channelInactive(context: ChannelHandlerContext) {
        presence.depart()
        context.fireChannelInactive()
    }
}

/// Runs work for as long as the client of a connection is there.
struct ClientWait: Sendable {
    /// nil where there is no connection, as in tests.
    var channel: (any Channel)?

    /// The result of `work`, whose task is cancelled when the client goes.
    func callAsFunction<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let task = Task { () async -> Result<Value, Failure> in
            do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
        }
        let presence = await presence()
        let number = presence?.onDeparture { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        if let number { presence?.forget(number) }
        return try result.get()
    }

    private func presence() async -> ClientPresence? {
        guard let channel else { return nil }
        // A pipeline without the handler, or one that is gone already, says nothing.
        let found = channel.pipeline.handler(type: ClientPresenceHandler.self).map { $0.presence }
        do { return try await found.get() } catch { return nil }
    }
}
