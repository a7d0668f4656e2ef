import Model
import OrderedCollections

/// What happens in a simulated business: who lives in it, what each of them does on a day, and what that is to show.
///
/// A story acts on a ``Stage``, which writes down what is done, in the calls and in the truth alike.
protocol Story: SendableMetatype {
    associatedtype Kind: RawRepresentable<String> & Sendable & Equatable
    /// The word for `--world`.
    static var name: String { get }
    static var title: String { get }
    /// Who uses and who pays, in a line.
    static var summary: String { get }

    /// Settles the humans, as many as the shape says.
    init(_ stage: Stage<Kind>)

    /// What one human does on one day; days come in order, and within one the humans.
    mutating func live(_ human: Int, on day: Int, _ stage: Stage<Kind>)

    /// The point of the world, after its last day.
    func figures(_ stage: Stage<Kind>) -> [WorldFigure]

    /// Further members of the truth, after the last day.
    func details(_ stage: Stage<Kind>) -> [(String, JSONValue)]
}

extension Story {
    func details(_ stage: Stage<Kind>) -> [(String, JSONValue)] { [] }
}

/// The world of a story.
struct StoryWorld<S: Story>: World {
    static var name: String { S.name }
    let shape: WorldShape
    let zone = TimeZoneTable.shanghai
    let currency = Currency.cny

    func batches(of size: Int) -> WorldBatches {
        let simulation = StorySimulation<S>(world: self, writesCalls: true)
        return WorldBatches(next: { simulation.nextBatch(of: size) }, finished: { simulation.truth })
    }

    var truth: WorldTruth {
        let simulation = StorySimulation<S>(world: self, writesCalls: false)
        while simulation.simulateDay() {}
        return simulation.finishedTruth()
    }
}

/// A story told day by day, as batches of calls.
///
/// A class because batches are pulled from it one by one; it is used by one task at a time.
final class StorySimulation<S: Story> {
    private let world: StoryWorld<S>
    private let stage: Stage<S.Kind>
    private var story: S
    private var day = 0
    private var lines = StageLines()
    private var nextLine = 0
    private var callCount = 0
    private(set) var truth: WorldTruth?

    init(world: StoryWorld<S>, writesCalls: Bool) {
        self.world = world
        stage = Stage(
            name: S.name, shape: world.shape, zone: world.zone, currency: world.currency, writesCalls: writesCalls)
        story = S(stage)
    }

    func nextBatch(of size: Int) -> WorldBatch? {
        let firstIndex = callCount
        var bytes: [UInt8] = []
        while callCount - firstIndex < size {
            if nextLine == lines.count, !simulateDay() { break }
            guard nextLine < lines.count else { continue }
            bytes += lines[nextLine]
            nextLine += 1
            callCount += 1
        }
        guard callCount > firstIndex else {
            if truth == nil { truth = finishedTruth() }
            return nil
        }
        return WorldBatch(
            lines: bytes, count: callCount - firstIndex, firstIndex: firstIndex, progress: Double(day) / Double(world.shape.days))
    }

    /// Simulates the next day; false after the last one.
    func simulateDay() -> Bool {
        guard day < world.shape.days else { return false }
        for human in stage.humans.indices { story.live(human, on: day, stage) }
        lines = stage.closeDay(day)
        nextLine = 0
        day += 1
        return true
    }

    func finishedTruth() -> WorldTruth {
        let people = stage.keeper.finishedPeople { human in ("H\(100_000 + human)", self.stage.humans[human].kind.rawValue) }
        var totals = stage.keeper.totals(
            of: StoryWorld<S>.self, seed: world.shape.seed, zone: world.zone, currency: world.currency,
            humanCount: stage.humans.count, people: people, calls: stage.callCounts,
            events: stage.deeds.map { ($0.key, $0.value.count) })
        totals["relationships"] = stage.relationships
        totals["figures"] = .array(story.figures(stage).map(\.json))
        for (key, value) in story.details(stage) { totals[key] = value }
        return WorldTruth(totals: .object(totals), people: people)
    }
}
