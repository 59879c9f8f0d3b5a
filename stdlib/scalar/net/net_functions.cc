#include "stdlib/scalar/net/net_functions.h"

#include <fmt/format.h>

#include "runtime/types/text.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/net/ip_bits.h"
#include "stdlib/scalar/net/url.h"

namespace weir {
namespace {

const DataType kIpv4 = DataType::Of(TypeKind::kIpv4);
const DataType kIpv6 = DataType::Of(TypeKind::kIpv6);

DataType UrlType() {
  const DataType text = DataType::String().AsOptional();
  return DataType::Struct({{"scheme", text},
                           {"user", text},
                           {"host", text},
                           {"port", DataType::Int64().AsOptional()},
                           {"path", DataType::String()},
                           {"query", text},
                           {"fragment", text}},
                          "Url");
}

void ParseUrl(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
              Column& out) {
  const kernel::Reader<std::string_view> texts(*arguments[0]);
  std::vector<MutableColumnPtr> members;
  for (const StructField& field : out.type().fields()) {
    members.push_back(Column::Make(field.type, out.length()));
    members.back()->AddOwnersOf(*arguments[0]);
  }
  const auto put = [&](size_t member, RowIndex row, const auto& value) {
    if (value) {
      members[member]->mutable_data<std::decay_t<decltype(*value)>>()[row] = *value;
    } else {
      members[member]->SetNull(row);
    }
  };
  rows.ForEach([&](RowIndex row) {
    const Url url = SplitUrl(texts[row]);
    put(0, row, url.scheme);
    put(1, row, url.user);
    put(2, row, url.host);
    put(3, row, url.port);
    members[4]->mutable_data<std::string_view>()[row] = url.path;
    put(5, row, url.query);
    put(6, row, url.fragment);
  });
  for (size_t i = 0; i < members.size(); ++i) {
    out.set_child(static_cast<int>(i), std::move(members[i]));
  }
}

struct Ipv4Range {
  int64_t network;
  int64_t bits;
};
// RFC 1918, loopback, link-local, shared address space of carriers (RFC 6598).
constexpr Ipv4Range kPrivateIpv4[] = {{0x0A000000, 8}, {0xAC100000, 12}, {0xC0A80000, 16},
                                      {0x7F000000, 8}, {0xA9FE0000, 16}, {0x64400000, 10}};

bool IsPrivateIpv4(int64_t address) {
  for (const Ipv4Range& range : kPrivateIpv4) {
    if (TruncateIpv4(address, range.bits) == range.network) return true;
  }
  return false;
}

/// Unique local (fc00::/7), link-local (fe80::/10), loopback, and mapped IPv4 addresses.
bool IsPrivateIpv6(Fixed16 address) {
  if (address.high >> 57 == 0xFC >> 1 || address.high >> 54 == 0xFE80 >> 6) return true;
  if (address.high != 0) return false;
  if (address.low >> 32 == 0xFFFF) {
    return IsPrivateIpv4(static_cast<int64_t>(address.low & 0xFFFFFFFF));
  }
  return address.low == 1;
}

/// A network such as 10.0.0.0/8 or 2001:db8::/32.
struct Network {
  std::optional<int64_t> v4;
  std::optional<Fixed16> v6;
  int64_t bits = 0;
};

Result<std::shared_ptr<const void>> BindNetwork(std::span<const Value* const> constants) {
  if (constants[1] == nullptr || constants[1]->is_null()) {
    return InvalidArgumentError("the network must be a constant such as \"10.0.0.0/8\"");
  }
  const std::string& text = constants[1]->as_string();
  const size_t slash = std::min(text.find('/'), text.size());
  auto network = std::make_shared<Network>();
  network->v4 = ParseIpv4(text.substr(0, slash));
  network->v6 = ParseIpv6(text.substr(0, slash));
  const int64_t width = network->v4 ? 32 : 128;
  const std::optional<int64_t> bits =
      slash == text.size() ? width : ParseInt64(text.substr(slash + 1));
  if ((!network->v4 && !network->v6) || !bits || *bits < 0 || *bits > width) {
    return InvalidArgumentError("\"{}\" is not a network such as \"10.0.0.0/8\"", text);
  }
  network->bits = *bits;
  return std::shared_ptr<const void>(std::move(network));
}

bool Ipv4InNetwork(KernelRow& row, int64_t address) {
  const auto& network = row.bound<Network>();
  return network.v4 &&
         TruncateIpv4(address, network.bits) == TruncateIpv4(*network.v4, network.bits);
}

bool Ipv6InNetwork(KernelRow& row, Fixed16 address) {
  const auto& network = row.bound<Network>();
  return network.v6 &&
         TruncateIpv6(address, network.bits) == TruncateIpv6(*network.v6, network.bits);
}

ParamDef Address(const DataType& type) { return Param("address", type, "an address"); }
ParamDef Bits() { return Param("bits", DataType::Int64(), "leading bits to keep"); }
ParamDef NetworkParam() {
  return ConstantParam(Param("network", DataType::String(), "a network: `10.0.0.0/8`"));
}

}  // namespace

const std::vector<FunctionDef>& NetFunctions() {
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder(
          "parse_url", "net",
          "The parts of a URL as written, nothing decoded: struct { scheme, user, host, "
          "port, path, query, fragment }; what is not there is null.")
          .Takes({Param("url", DataType::String(), "a URL")}, UrlType(), &ParseUrl)
          .Example("parse_url(\"https://shop.example:8443/a?b=1#c\").host", "\"shop.example\"")
          .Example("parse_url(\"https://shop.example:8443/a?b=1#c\").port", "8443")
          .Example("parse_url(\"/a?b=1\").query", "\"b=1\"")
          .Example("parse_url(\"/a\").host", "null"),
      FunctionBuilder("ip_truncate", "net", "The network of an address: its first bits, then 0.")
          .Takes({Address(kIpv4), Bits()}, kIpv4, &RowKernel<TruncateIpv4>)
          .Takes({Address(kIpv6), Bits()}, kIpv6, &RowKernel<TruncateIpv6>)
          .Example("to_string(ip_truncate(cast(\"203.0.113.77\" as ipv4), 24))", "\"203.0.113.0\"")
          .Example("to_string(ip_truncate(cast(\"2001:db8:1::1\" as ipv6), 32))", "\"2001:db8::\""),
      FunctionBuilder("is_private_ip", "net",
                      "Whether an address is of a private, loopback or link-local network.")
          .Takes({Address(kIpv4)}, DataType::Bool(), &RowKernel<IsPrivateIpv4>)
          .Takes({Address(kIpv6)}, DataType::Bool(), &RowKernel<IsPrivateIpv6>)
          .Example("is_private_ip(cast(\"192.168.1.1\" as ipv4))", "true")
          .Example("is_private_ip(cast(\"8.8.8.8\" as ipv4))", "false")
          .Example("is_private_ip(cast(\"fe80::1\" as ipv6))", "true"),
      FunctionBuilder("ip_in_cidr", "net", "Whether an address is in a network.")
          .Takes({Address(kIpv4), NetworkParam()}, DataType::Bool(), &RowKernel<Ipv4InNetwork>,
                 &BindNetwork)
          .Takes({Address(kIpv6), NetworkParam()}, DataType::Bool(), &RowKernel<Ipv6InNetwork>,
                 &BindNetwork)
          .Example("ip_in_cidr(cast(\"10.1.2.3\" as ipv4), \"10.0.0.0/8\")", "true")
          .Example("ip_in_cidr(cast(\"11.1.2.3\" as ipv4), \"10.0.0.0/8\")", "false"),
  };
  return functions;
}

}  // namespace weir
