#pragma once
// A small C face of simdjson's DOM parser: the tape, the unescaped strings and the structural positions, without copying.
// The tape's format: https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that must be readable after the input.
#define TEAHOUSE_JSON_PADDING 64

/// What stands in the way of an input.
enum {
    TEAHOUSE_JSON_OK = 0,
    /// Not JSON, or JSON beyond simdjson's numbers, or text that is not UTF-8.
    TEAHOUSE_JSON_INVALID = 1,
    /// Nested deeper than 1,024, or than teahouse_json_parse_deep reads.
    TEAHOUSE_JSON_DEEP = 2,
    /// No memory.
    TEAHOUSE_JSON_MEMORY = 3,
};

/// A parser with its buffers, to be used again and again by one thread at a time.
typedef struct teahouse_json_parser teahouse_json_parser;

/// What the last successful parse left; valid until the next parse of the same parser.
typedef struct {
    /// The tape; its first word is the root's.
    uint64_t *tape;
    /// Per string a native 32-bit length, its bytes, a NUL.
    const uint8_t *strings;
    /// Positions in the input of each brace, bracket, colon, comma, opening quote and first byte of another scalar.
    const uint32_t *structurals;
    size_t structural_count;
} teahouse_json_document;

/// A new parser; NULL without memory.
teahouse_json_parser *teahouse_json_create(void);
void teahouse_json_destroy(teahouse_json_parser *parser);

/// Parses `count` bytes, after which TEAHOUSE_JSON_PADDING bytes are readable. Never throws.
int teahouse_json_parse(
    teahouse_json_parser *parser, const uint8_t *bytes, size_t count, teahouse_json_document *document);

/// The same for a text of up to 2,097,152 levels, with memory for them that lives until the next parse: 9 bytes a level that the text's
/// length allows.
int teahouse_json_parse_deep(
    teahouse_json_parser *parser, const uint8_t *bytes, size_t count, teahouse_json_document *document);

#ifdef __cplusplus
}
#endif
