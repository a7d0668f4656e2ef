import Model

/// The score, from 0, of each person in one figure, and how many scores there are.
struct RFMScores {
    let scores: [Int]
    let count: Int

    /// Deals the places in `order` out to tiles of equal size, as SQL's ntile does.
    init(tiling order: [UInt32], _ bins: Int) {
        var out = [Int](repeating: 0, count: order.count)
        let sizes = RFMScores.tileStarts(order.count, bins)
        for tile in 0 ..< bins {
            for position in sizes[tile] ..< sizes[tile + 1] { out[Int(order[position])] = tile }
        }
        scores = out
        count = bins
    }

    /// The number of borders that each figure reaches.
    init(_ figures: [Double], reaching borders: [Double]) {
        scores = figures.map { figure in borders.count { figure >= $0 } }
        count = borders.count + 1
    }

    /// Groups of close figures: k-means by Lloyd's rounds, from the means of the tiles, until nobody moves.
    ///
    /// A figure half-way between two means belongs to the lower one; a mean that nobody is nearest to stays where it is. Costs a few
    /// nanoseconds for each person and for each move; sums are exact, so that the order of people does not matter.
    ///
    /// - Parameter order: the places of `figures`, ascending.
    init(grouping figures: [Double], _ order: [UInt32], _ bins: Int) {
        var starts = RFMScores.tileStarts(order.count, bins)
        var sums = [ExactSum](repeating: ExactSum(), count: bins)
        for group in 0 ..< bins {
            for position in starts[group] ..< starts[group + 1] { sums[group].add(figures[Int(order[position])]) }
        }
        // With fewer people than groups the last groups have nobody to begin from.
        let used = min(bins, order.count)
        var means = (0 ..< used).map { sums[$0].value / Double(starts[$0 + 1] - starts[$0]) }
        for _ in 0 ..< RFMScores.roundsMax where used > 1 {
            var moved = false
            for border in 1 ..< used {
                let middle = means[border - 1] + (means[border] - means[border - 1]) / 2
                let place = RFMScores.firstAbove(middle, figures, order)
                moved = moved || place != starts[border]
                while starts[border] < place {
                    RFMScores.move(figures[Int(order[starts[border]])], from: border, to: border - 1, &sums)
                    starts[border] += 1
                }
                while starts[border] > place {
                    starts[border] -= 1
                    RFMScores.move(figures[Int(order[starts[border]])], from: border - 1, to: border, &sums)
                }
            }
            if !moved { break }
            for group in 0 ..< used where starts[group] < starts[group + 1] {
                means[group] = sums[group].value / Double(starts[group + 1] - starts[group])
            }
        }
        var out = [Int](repeating: 0, count: order.count)
        for group in 0 ..< used {
            for position in starts[group] ..< starts[group + 1] { out[Int(order[position])] = group }
        }
        scores = out
        count = bins
    }

    static let roundsMax = 100

    /// What it takes, for each person, to put all in order, to score them and to list them.
    static func makingBytes(isList: Bool) -> Int {
        let listed = MemoryLayout<UInt32>.stride * 2 + MemoryLayout<JSONValue>.stride
        return 4 * MemoryLayout<UInt32>.stride + 6 * MemoryLayout<Int>.stride + (isList ? listed : 0)
    }

    private static func move(_ figure: Double, from: Int, to: Int, _ sums: inout [ExactSum]) {
        sums[from].add(-figure)
        sums[to].add(figure)
    }

    /// The first position whose figure is above `bound`.
    private static func firstAbove(_ bound: Double, _ figures: [Double], _ order: [UInt32]) -> Int {
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if figures[Int(order[middle])] <= bound { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Where each tile begins, and the end of the last; the first tiles take what does not divide.
    private static func tileStarts(_ count: Int, _ bins: Int) -> [Int] {
        let (size, larger) = count.quotientAndRemainder(dividingBy: bins)
        return (0 ... bins).map { $0 * size + min($0, larger) }
    }
}

extension QuestionRun {
    /// The occupied cells of scores (bench/QUERIES.md, Q5; specs: questions, N21).
    mutating func rfm(_ rfm: RFMQuestion) throws(Problem) -> JSONValue {
        let empty = RFMTally(rfm, range: bounds, executor: executor)
        let tally = scan([rfm.selector.unlabelled]) { empty }
        try executor.watch?.hold(tally.persons.count * RFMScores.makingBytes(isList: rfm.isList))
        let (r, f, m) = scores(tally, rfm.method)
        let size = r.count * f.count * m.count
        var persons = [Int](repeating: 0, count: size)
        var frequency = [Int](repeating: 0, count: size)
        var monetary = [ExactSum](repeating: ExactSum(), count: size)
        var people = [[UInt32]](repeating: [], count: rfm.isList ? size : 0)
        for place in tally.persons.indices {
            let cell = (r.scores[place] * f.count + f.scores[place]) * m.count + m.scores[place]
            persons[cell] += 1
            frequency[cell] += tally.frequencies[place]
            monetary[cell].add(tally.monetary[place])
            if rfm.isList { people[cell].append(tally.persons[place]) }
        }
        let rows: [JSONValue] = (0 ..< size).filter { persons[$0] > 0 }.map { cell in
            var out = ObjectWriter()
            out.put("r", .int(Int64(cell / m.count / f.count + 1)))
            out.put("f", .int(Int64(cell / m.count % f.count + 1)))
            out.put("m", .int(Int64(cell % m.count + 1)))
            out.put("persons", .int(Int64(persons[cell])))
            out.put("frequency", .int(Int64(frequency[cell])))
            out.put("monetary", monetary[cell].json)
            if rfm.isList { out.put("people", .array(people[cell].sorted().map { .string(PersonID(ordinal: $0).text) })) }
            return out.json
        }
        return ["rows": .array(rows)]
    }

    private func scores(_ tally: RFMTally, _ method: RFMQuestion.Method) -> (r: RFMScores, f: RFMScores, m: RFMScores) {
        let frequencies = tally.frequencies.map { Double($0) }
        switch method {
        case .ntile(let bins):
            let order = tally.orders
            return (RFMScores(tiling: order.r, bins), RFMScores(tiling: order.f, bins), RFMScores(tiling: order.m, bins))
        case .kmeans(let bins):
            let order = tally.orders
            return (
                RFMScores(grouping: tally.lasts.map { Double($0) }, order.r, bins),
                RFMScores(grouping: frequencies, order.f, bins), RFMScores(grouping: tally.monetary, order.m, bins)
            )
        case .thresholds(let borders):
            let end = present.instant.advanced(byMicroseconds: 1).microseconds
            return (
                RFMScores(tally.lasts.map { Double($0 - end) }, reaching: borders.recency.map { -Double($0.microseconds) }),
                RFMScores(frequencies, reaching: borders.frequency.map { Double($0) }),
                RFMScores(tally.monetary, reaching: borders.monetary)
            )
        }
    }
}
