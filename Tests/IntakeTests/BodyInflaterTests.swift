import CZlib
import CZstd
import Intake
import Model
import Testing

@Suite struct BodyInflaterTests {
    private static func zlib(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(&stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var out = [UInt8](repeating: 0, count: bytes.count + 1_024)
        var input = bytes
        let count = input.withUnsafeMutableBufferPointer { source in
            out.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                deflate(&stream, Z_FINISH)
                return target.count - Int(stream.avail_out)
            }
        }
        return Array(out[..<count])
    }

    static func pack(_ bytes: [UInt8], _ encoding: String) -> [UInt8] {
        switch encoding {
        case "gzip": return zlib(bytes, windowBits: 31)
        case "deflate": return zlib(bytes, windowBits: 15)
        case "raw deflate": return zlib(bytes, windowBits: -15)
        default:
            var out = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
            let count = ZSTD_compress(&out, out.count, bytes, bytes.count, 3)
            return Array(out[..<count])
        }
    }

    private func inflate(_ bytes: [UInt8], _ encoding: String, limit: Int = 4 << 20) throws -> [UInt8] {
        let word = encoding == "raw deflate" ? "deflate" : encoding
        let kind = try #require(try ContentEncoding.read(header: word))
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(Problem) in try BodyInflater.inflate(bytes, encoding: kind, limit: limit) }
        }
        return try result.get()
    }

    @Test(
        "What was packed comes out again", arguments: ["gzip", "deflate", "raw deflate", "zstd"], [0, 1, 100, 65_536, 1_000_000])
    func roundTrip(encoding: String, count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        let bytes = (0 ..< count).map { _ in UInt8.random(in: 0 ..< 16, using: &random) }
        #expect(try inflate(BodyInflaterTests.pack(bytes, encoding), encoding) == bytes)
    }

    @Test("A bomb is refused while it inflates", arguments: ["gzip", "deflate", "raw deflate", "zstd"])
    func bombs(encoding: String) throws {
        let bomb = BodyInflaterTests.pack([UInt8](repeating: 0x20, count: 64 << 20), encoding)
        #expect(bomb.count < 200_000)
        let problem = #expect(throws: Problem.self) { try inflate(bomb, encoding, limit: 1 << 20) }
        #expect(problem?.code.text == "body_too_large" && problem?.status == 413)
    }

    @Test("Exactly the limit passes, one byte more does not", arguments: ["gzip", "deflate", "raw deflate", "zstd"])
    func limit(encoding: String) throws {
        let packed = BodyInflaterTests.pack([UInt8](repeating: 7, count: 100_000), encoding)
        #expect(try inflate(packed, encoding, limit: 100_000).count == 100_000)
        #expect(throws: Problem.self) { try inflate(packed, encoding, limit: 99_999) }
    }

    @Test("Damaged, cut and foreign bodies are refused", arguments: ["gzip", "deflate", "raw deflate", "zstd"])
    func corrupt(encoding: String) throws {
        let packed = BodyInflaterTests.pack(Array("hello, hello, hello, hello".utf8), encoding)
        for bytes in [[], Array(packed.dropLast(3)), Array(packed.prefix(4)), Array("{\"plain\":1}".utf8)] {
            let problem = #expect(throws: Problem.self) { try inflate(bytes, encoding) }
            #expect(problem?.code.text == "bad_encoding" && problem?.status == 400)
        }
    }

    @Test("Random bytes never crash", arguments: ["gzip", "deflate", "zstd"], UInt64(0) ..< 8)
    func fuzz(encoding: String, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let valid = BodyInflaterTests.pack((0 ..< 5_000).map { UInt8(truncatingIfNeeded: $0 / 7) }, encoding)
        for _ in 0 ..< 200 {
            var bytes = valid
            for _ in 0 ..< 3 {
                bytes[Int.random(in: 0 ..< bytes.count, using: &random)] = UInt8.random(in: 0 ... 255, using: &random)
            }
            do { #expect(try inflate(bytes, encoding, limit: 100_000).count <= 100_000) } catch is Problem {}
        }
    }

    @Test("Several gzip members one after another are one body")
    func members() throws {
        let packed = BodyInflaterTests.pack(Array("ab".utf8), "gzip") + BodyInflaterTests.pack(Array("cd".utf8), "gzip")
        #expect(try inflate(packed, "gzip") == Array("abcd".utf8))
    }

    @Test("Encodings that are not understood answer 415")
    func unknown() throws {
        for (header, encoding) in [(nil, nil), ("identity", nil), ("", nil), ("GZIP", .gzip), ("x-gzip", .gzip)]
            as [(String?, ContentEncoding?)]
        {
            #expect(try ContentEncoding.read(header: header) == encoding)
        }
        for header in ["br", "gzip, gzip", "compress"] {
            let problem = #expect(throws: Problem.self) { try ContentEncoding.read(header: header) }
            #expect(problem?.status == 415)
        }
    }
}
