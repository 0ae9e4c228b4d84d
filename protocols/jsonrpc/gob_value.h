// Between JSON and gob without a C++ type: for programs that are told at run time what to call.
//
//     JSON                               gob
//     {"A": 7, "b": [1, 2.5]}            struct { A int; B []float64 }, without a name
//     7, 7.5, "seven", true              int, float64, string, bool
//     null                               left out; as a whole value, or in an array, there is none
//
// An array is a slice. Its elements have one type: of integers and fractions float64, of objects a struct with the
// fields of all. Go finds fields by their names, and does not ask what a struct is called. It takes no int for a
// float64: write 2.0.
//
// The other way each value is written by the type that its sender has defined: []byte as base64, a map with other
// keys than texts and integers as a list of pairs, a complex number as a list of two, an infinity or no number as a
// text. What a sender leaves out, because it is zero, is written as zero; a struct that is left out is null.
#pragma once

#include <string>

#include "orrery/protocols/gob/decoder.h"
#include "orrery/protocols/jsonrpc/reader.h"

namespace orrery::jsonrpc {

// Appends the definitions of the value's types and the value, once in a stream: of an Encoder's ids none is used.
// `json` is one whole value (see check_whole). After a problem nothing is appended.
[[nodiscard]] Problem append_gob(sim::Bytes& out, std::string_view json);

// Takes the next value of the decoder, which is ready, and appends it as JSON. After a problem nothing is appended.
[[nodiscard]] Problem append_json(sim::Bytes& out, gob::Decoder& decoder, const Limits& limits = {});

} // namespace orrery::jsonrpc
