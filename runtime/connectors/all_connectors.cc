#include "runtime/connectors/all_connectors.h"

#include "runtime/connectors/clickhouse/clickhouse_connector.h"
#include "runtime/connectors/console/console_connector.h"
#include "runtime/connectors/discard/discard_connector.h"
#include "runtime/connectors/file/file_connector.h"
#include "runtime/connectors/formats.h"
#include "runtime/connectors/generator/generator_connector.h"
#include "runtime/connectors/http/http_connector.h"
#include "runtime/connectors/kafka/kafka_connector.h"
#include "runtime/connectors/log/log_connector.h"
#include "runtime/connectors/parquet/parquet_connector.h"
#include "runtime/connectors/postgres/postgres_connector.h"
#include "runtime/connectors/redis/redis_connector.h"
#include "runtime/connectors/store/store_connector.h"

namespace weir {

void RegisterAllConnectors(ConnectorRegistry& registry) {
  for (FormatSpec& format : AllFormats()) registry.Add(std::move(format));
  registry.Add(FileConnectorSpec());
  registry.Add(GeneratorConnectorSpec());
  registry.Add(ConsoleConnectorSpec());
  registry.Add(DiscardConnectorSpec());
  registry.Add(KafkaConnectorSpec());
  registry.Add(LogConnectorSpec());
  registry.Add(StoreConnectorSpec());
  registry.Add(ClickhouseConnectorSpec());
  registry.Add(PostgresConnectorSpec());
  registry.Add(RedisConnectorSpec());
  registry.Add(HttpConnectorSpec());
  registry.Add(ParquetConnectorSpec());
}

}  // namespace weir
