/// The element that would stand at a place if a list were sorted.
enum OrderStatistic {
    /// The element of rank `rank`, from 0; nil when there is none such.
    ///
    /// O(n) on the whole; puts the values in another order. `Value` is ordered totally: no NaN.
    static func element<Value: Comparable>(_ rank: Int, of values: inout [Value]) -> Value? {
        guard values.indices.contains(rank) else { return nil }
        values.withUnsafeMutableBufferPointer { select(rank, $0) }
        return values[rank]
    }

    private static func select<Value: Comparable>(_ rank: Int, _ values: UnsafeMutableBufferPointer<Value>) {
        var (low, high) = (0, values.count - 1)
        // Halving is what is to be expected; a list on which it fails again and again is sorted.
        var roundsLeft = 4 * (Int.bitWidth - values.count.leadingZeroBitCount)
        while high - low > 16, roundsLeft > 0 {
            roundsLeft -= 1
            let pivot = median(values[low], values[(low + high) / 2], values[high])
            var (left, right) = (low, high)
            while left <= right {
                while values[left] < pivot { left += 1 }
                while pivot < values[right] { right -= 1 }
                if left > right { break }
                values.swapAt(left, right)
                left += 1
                right -= 1
            }
            if rank <= right {
                high = right
            } else if rank >= left {
                low = left
            } else {
                return
            }
        }
        var rest = UnsafeMutableBufferPointer(rebasing: values[low ... high])
        rest.sort()
    }

    private static func median<Value: Comparable>(_ first: Value, _ second: Value, _ third: Value) -> Value {
        let (low, high) = first < second ? (first, second) : (second, first)
        return third < low ? low : high < third ? high : third
    }
}
