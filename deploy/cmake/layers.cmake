# Who may see whom: one row per second-level folder (the syntax is explained in weir_targets.cmake).
# A folder may include the headers of its DEPS and of what they see. The layer test reads this file
# and also refuses edges that would break the architecture's "never" rules.

# runtime: the bottom
weir_layer(runtime/base LIBS fmt absl xxhash threads)
weir_layer(runtime/types DEPS runtime/base LIBS fmt absl)
weir_layer(runtime/vector DEPS runtime/types runtime/base LIBS fmt absl xxhash)
weir_layer(runtime/chdb DEPS runtime/base LIBS fmt dl threads)
weir_layer(runtime/time DEPS runtime/base LIBS fmt)
weir_layer(runtime/metrics DEPS runtime/base LIBS fmt json)
weir_layer(runtime/server DEPS runtime/base LIBS fmt json threads)
weir_layer(runtime/connector DEPS runtime/vector runtime/types runtime/base LIBS fmt absl)
weir_layer(runtime/state DEPS runtime/vector runtime/types runtime/base
           LIBS fmt absl xxhash rocksdb json
           TEST_DEPS runtime/time)
weir_layer(runtime/ddl DEPS runtime/types runtime/base LIBS fmt)
weir_layer(runtime/query DEPS runtime/ddl runtime/chdb runtime/types runtime/base LIBS fmt)
weir_layer(runtime/format DEPS runtime/ddl runtime/vector runtime/types runtime/base
           LIBS fmt absl simdjson zstd zlib TEST_DEPS runtime/chdb)

weir_layer(runtime/delivery DEPS runtime/connector runtime/vector runtime/types runtime/base
           LIBS fmt xxhash threads)

# stdlib
weir_layer(stdlib/api DEPS runtime/vector runtime/types runtime/base LIBS fmt absl)
weir_layer(stdlib/scalar DEPS stdlib/api runtime/vector runtime/types runtime/base
           LIBS fmt absl re2 xxhash openssl simdjson
           TEST_DEPS runtime/eval compiler/plan compiler/syntax compiler/semantic stdlib/aggregate)
weir_layer(stdlib/aggregate DEPS stdlib/api runtime/vector runtime/types runtime/base
           LIBS fmt absl xxhash)
weir_layer(stdlib/window DEPS stdlib/api runtime/time runtime/vector runtime/types runtime/base
           LIBS fmt)
weir_layer(stdlib/modules LIBS fmt)

# compiler
weir_layer(compiler/source DEPS runtime/base LIBS fmt)
weir_layer(compiler/diagnostics DEPS compiler/source runtime/base LIBS fmt json)
weir_layer(compiler/ast DEPS compiler/source runtime/base LIBS fmt)
weir_layer(compiler/syntax DEPS compiler/ast compiler/diagnostics compiler/source runtime/base
           LIBS fmt antlr)
weir_layer(compiler/format DEPS compiler/syntax compiler/ast compiler/diagnostics compiler/source
           runtime/base LIBS fmt)
weir_layer(compiler/plan DEPS compiler/source stdlib/api runtime/connector runtime/types
           runtime/base LIBS fmt absl json)
weir_layer(compiler/semantic DEPS compiler/ast compiler/diagnostics compiler/source compiler/plan
           stdlib/api runtime/connector runtime/eval runtime/ddl runtime/types runtime/base
           LIBS fmt absl
           TEST_DEPS compiler/syntax compiler/jsonschema stdlib/scalar stdlib/aggregate
           stdlib/modules runtime/connectors)
weir_layer(compiler/jsonschema DEPS compiler/semantic compiler/syntax compiler/ast
           compiler/diagnostics compiler/source compiler/plan runtime/connector runtime/format
           runtime/types runtime/base LIBS fmt json re2
           TEST_DEPS stdlib/scalar stdlib/aggregate stdlib/modules runtime/connectors)
weir_layer(compiler/optimizer DEPS compiler/plan runtime/eval stdlib/api runtime/types runtime/base
           LIBS fmt absl
           TEST_DEPS compiler/syntax compiler/semantic stdlib/scalar stdlib/aggregate
           runtime/connectors)
weir_layer(compiler/planner DEPS compiler/optimizer compiler/plan stdlib/api runtime/connector
           runtime/types runtime/base LIBS fmt absl
           TEST_DEPS compiler/syntax compiler/semantic stdlib/scalar stdlib/aggregate
           runtime/connectors)

# runtime: what runs a plan
weir_layer(runtime/eval DEPS compiler/plan stdlib/api runtime/format runtime/vector runtime/types
           runtime/base LIBS fmt absl re2 TEST_DEPS stdlib/scalar)
weir_layer(runtime/checkpoint DEPS runtime/connector runtime/state runtime/vector runtime/types
           runtime/base LIBS fmt threads)
weir_layer(runtime/operators DEPS compiler/plan stdlib/api runtime/eval runtime/vector
           runtime/state runtime/time runtime/connector runtime/format runtime/types runtime/base
           LIBS fmt absl xxhash TEST_DEPS stdlib/scalar stdlib/aggregate)
weir_layer(runtime/exec DEPS runtime/operators compiler/plan runtime/eval runtime/vector
           runtime/state runtime/checkpoint runtime/delivery runtime/time runtime/connector
           runtime/format runtime/metrics runtime/types runtime/base LIBS fmt absl threads
           TEST_DEPS stdlib/scalar stdlib/aggregate)

weir_layer(runtime/dlq DEPS runtime/exec runtime/operators compiler/plan runtime/connector
           runtime/format runtime/vector runtime/types runtime/base LIBS fmt absl json
           TEST_DEPS runtime/connectors)

# Connectors: none sees another. Each sub-folder gets this row unless it has one of its own, so a new
# connector needs none; runtime/connectors itself is the list of all.
weir_layer(runtime/connectors/file DEPS runtime/connector runtime/format runtime/vector
           runtime/types runtime/base LIBS fmt absl zstd zlib)
weir_layer(runtime/connectors/kafka DEPS runtime/delivery runtime/connector runtime/format
           runtime/vector runtime/types runtime/base LIBS fmt absl rdkafka)
weir_layer(runtime/connectors/store DEPS runtime/chdb runtime/ddl runtime/delivery runtime/connector
           runtime/format runtime/vector runtime/types runtime/base LIBS fmt)
weir_layer_each(runtime/connectors DEPS runtime/connector runtime/format runtime/vector
                runtime/types runtime/base LIBS fmt absl)
weir_layer(runtime/connectors SUBFOLDERS DEPS runtime/connector runtime/base LIBS fmt)

# the program that links everything
weir_layer(compiler/flowc DEPS compiler/source compiler/diagnostics compiler/syntax compiler/ast
           compiler/semantic compiler/jsonschema compiler/plan compiler/optimizer
           compiler/planner compiler/format
           runtime/base runtime/types runtime/vector runtime/eval runtime/operators runtime/exec
           runtime/time runtime/state runtime/checkpoint runtime/ddl runtime/format
           runtime/connector runtime/delivery runtime/chdb runtime/query runtime/server runtime/dlq
           runtime/connectors runtime/metrics
           stdlib/api stdlib/scalar stdlib/aggregate stdlib/window stdlib/modules
           LIBS fmt absl cli11 json)
