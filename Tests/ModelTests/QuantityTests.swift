import Model
import Testing

struct QuantityTests {
    private static let values: [(JSONValue, String)] = [
        (3, "300.00"), (0, "0.00"), (-2, "0.00"), (0.5, "50.00"), (1.4, "140.00"), (0.1, "10.00"), ("1.5", "150.00"), (" 1", "-"),
        ("-1.5", "0.00"), ("1,5", "-"), ("２", "-"), ("", "-"), (true, "-"), (.null, "-"), (["a": 1], "-"), ("1e2", "10000.00"),
        (.bigNumber("9223372036854775808"), "100000000000.00"), (.bigNumber("-9223372036854775809"), "0.00"),
        (1e300, "100000000000.00"), (0.000_000_4, "0.00"),
    ]

    @Test("Numbers and decimal text are read alike, never through a Double", arguments: values)
    func reads(value: JSONValue, cost: String) {
        let amount = Quantity(value)?.amount(at: 10_000)
        #expect(amount.map { Money(minorUnits: $0, currency: .cny).decimalText } ?? "-" == cost)
    }

    @Test(
        "A part of a unit costs a part, rounded half away from zero, and is a whole unit, or none, where units are counted",
        arguments: [
            ("0.5", 6_000, 3_000, 1, 0), ("1.5", 333, 500, 2, 1), ("0.333", 1_000, 333, 1, 0), ("2.0", 5, 10, 2, 2),
            ("0.5", -3, -2, 1, 0),
        ] as [(String, Int64, Int64, Int64, Int64)])
    func costs(text: String, price: Int64, cost: Int64, units: Int64, whole: Int64) throws {
        let quantity = try #require(Quantity(.string(text)))
        #expect(quantity.amount(at: price) == cost && quantity.units == units && quantity.wholeUnits == whole)
    }

    @Test("What cannot be counted is no amount, and no sum of a billion is beyond counting")
    func bounds() {
        #expect(Quantity.max.amount(at: .max) == nil && Quantity(units: .max) == .max && Quantity(units: .min) == .zero)
        let sum = (0 ..< 10_000).reduce(into: Quantity.zero) { sum, _ in sum += .max }
        #expect(sum.units == 10_000_000_000_000 && Quantity.zero - sum == .zero)
    }

    @Test("Shares of an amount are rounded down, and the whole has all of it")
    func shares() throws {
        let (part, whole) = (try #require(Quantity("0.5")), try #require(Quantity("1.5")))
        #expect(part.share(of: 100, in: whole) == 33 && (part + part).share(of: 100, in: whole) == 66)
        #expect(whole.share(of: 100, in: whole) == 100 && (whole + part).share(of: 100, in: whole) == 100)
        #expect(Quantity.zero.share(of: 100, in: .zero) == 100 && Quantity.zero.share(of: 100, in: whole) == 0)
    }
}
