#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

/// The part of libchdb's C interface (release 26.7) that is used. Handles are opaque; what a
/// function returns is destroyed by the function of the same name.
struct ChdbApi {
  struct Connection;
  struct Result;
  struct InsertStream;

  /// Like a command line: `clickhouse --path=…`. Null on failure; the pointer that is returned
  /// holds the connection that the other functions take.
  Connection** (*connect)(int argc, char** argv);
  void (*close_conn)(Connection** connection);
  Result* (*query_n)(Connection* connection, const char* sql, size_t sql_length, const char* format,
                     size_t format_length);
  char* (*result_buffer)(Result* result);
  size_t (*result_length)(Result* result);
  const char* (*result_error)(Result* result);  ///< null: no error
  uint64_t (*result_rows_written)(Result* result);
  void (*destroy_query_result)(Result* result);

  /// Never null; its error says whether it can be used. The connection serves nothing else
  /// meanwhile.
  InsertStream* (*stream_insert_n)(Connection* connection, const char* sql, size_t sql_length,
                                   const char* format, size_t format_length);
  int (*stream_append)(InsertStream* stream, const void* bytes, size_t length);
  Result* (*stream_done)(InsertStream* stream);
  const char* (*stream_insert_error)(InsertStream* stream);  ///< null: no error
  void (*destroy_insert_stream)(InsertStream* stream);

  void (*set_signal_handlers_enabled)(int enabled);
  const char* (*version)();
};

}  // namespace weir
