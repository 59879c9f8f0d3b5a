#include "runtime/server/control_server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "runtime/server/control_client.h"
#include "runtime/server/unix_address.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr seconds kPatience{20};

/// Answers `echo` with its text as the body, `wait` when it is told to.
class ControlServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/weir-control-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    path_ = folder_ + "/weir.sock";
  }
  void TearDown() override {
    released_ = true;
    server_.reset();
    fs::remove_all(folder_);
  }

  void Start(ControlLimits limits = {}) {
    auto server = ControlServer::Start(
        path_, [this](const ControlRequest& request) { return Handle(request); }, limits);
    ASSERT_TRUE(server.ok()) << server.status().ToString();
    server_ = std::move(*server);
  }

  ControlReply Handle(const ControlRequest& request) {
    ++handled_;
    ControlReply reply;
    if (request.name == "wait") {
      while (!released_) std::this_thread::yield();
    } else if (request.name == "bytes") {
      reply.body = std::string(request.arguments.at("count").get<size_t>(), '\n');
    } else if (request.name == "echo") {
      reply.body = request.arguments.at("text").get<std::string>();
      reply.fields["length"] = reply.body.size();
    } else {
      reply.status = UnimplementedError("no request {}", request.name);
    }
    return reply;
  }

  Result<ControlReply> Ask(ControlClient& client, const std::string& text) {
    return client.Call({.name = "echo", .arguments = {{"text", text}}}, kPatience);
  }
  Result<ControlReply> Ask(const std::string& text) {
    WEIR_ASSIGN(const auto client, ControlClient::Connect(path_));
    return Ask(*client, text);
  }
  /// Sends bytes as they are and reads one line of the answer; "" when there is none.
  std::string Raw(std::string_view bytes) {
    const Result<int> socket = ConnectUnix(path_);
    if (!socket.ok()) return socket.status().ToString();
    SocketStream stream(*socket);
    const Status written = stream.Write(bytes, kPatience);
    const auto line = stream.ReadLine(size_t{1} << 20, kPatience, kPatience);
    if (!line.ok()) return written.ToString() + ", " + line.status().ToString();
    return line->value_or("");
  }

  std::string folder_, path_;
  std::atomic<bool> released_{false};
  std::atomic<int> handled_{0};
  std::unique_ptr<ControlServer> server_;
};

TEST_F(ControlServerTest, AnswersSeveralRequestsOfOneConnection) {
  Start();
  const auto client = ControlClient::Connect(path_);
  ASSERT_TRUE(client.ok());
  for (const std::string& text : {std::string("hello"), std::string(), std::string("ä\n\nb")}) {
    const Result<ControlReply> reply = Ask(**client, text);
    ASSERT_TRUE(reply.ok()) << reply.status().ToString();
    EXPECT_TRUE(reply->status.ok());
    EXPECT_EQ(reply->body, text);
    EXPECT_EQ(reply->fields.at("length"), text.size());
  }
}

TEST_F(ControlServerTest, FailureKeepsCodeAndText) {
  Start();
  const auto client = ControlClient::Connect(path_);
  ASSERT_TRUE(client.ok());
  const auto reply = (*client)->Call({.name = "dance", .arguments = {}}, kPatience);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->status.code(), StatusCode::kUnimplemented);
  EXPECT_EQ(reply->status.message(), "no request dance");
  EXPECT_TRUE(Ask(**client, "still there").ok());
}

TEST_F(ControlServerTest, SocketIsForThisUserOnlyAndGoesWithTheServer) {
  const mode_t before = ::umask(0);
  Start();
  ::umask(before);
  struct stat file {};
  ASSERT_EQ(::stat(path_.c_str(), &file), 0);
  EXPECT_TRUE(S_ISSOCK(file.st_mode));
  EXPECT_EQ(file.st_mode & 0777, 0600);
  server_.reset();
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ControlServerTest, StaleSocketIsReplacedALiveOneIsNot) {
  {
    const Result<sockaddr_un> address = UnixAddress(path_);
    ASSERT_TRUE(address.ok());
    const int left_behind = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(::bind(left_behind, reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)),
              0);
    ::close(left_behind);
  }
  ASSERT_TRUE(fs::exists(path_));
  EXPECT_EQ(ControlClient::Connect(path_).status().code(), StatusCode::kUnavailable);
  Start();
  const auto second = ControlServer::Start(path_, [](const auto&) { return ControlReply(); });
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), StatusCode::kAlreadyExists);
  EXPECT_TRUE(Ask("the first still answers").ok());
}

TEST_F(ControlServerTest, OtherFilesAreNotRemoved) {
  std::ofstream(path_) << "precious";
  const auto server = ControlServer::Start(path_, [](const auto&) { return ControlReply(); });
  EXPECT_EQ(server.status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(fs::file_size(path_), 8U);
}

TEST_F(ControlServerTest, LongPathIsRefusedWithTheLimit) {
  const std::string path = folder_ + "/" + std::string(120, 'x') + "/weir.sock";
  const auto server = ControlServer::Start(path, [](const auto&) { return ControlReply(); });
  EXPECT_EQ(server.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(server.status().message(), HasSubstr("at most 107 bytes"));
  EXPECT_THAT(server.status().message(), HasSubstr("--state"));
}

TEST_F(ControlServerTest, GarbageIsRefused) {
  Start();
  EXPECT_THAT(Raw("\n"), HasSubstr("one JSON object"));
  EXPECT_THAT(Raw("hello\n"), HasSubstr("one JSON object"));
  EXPECT_THAT(Raw("[1,2]\n"), HasSubstr("one JSON object"));
  EXPECT_THAT(Raw("{}\n"), HasSubstr("begins with"));
  EXPECT_THAT(Raw("{\"weir\":1}\n"), HasSubstr("needs"));
  EXPECT_THAT(Raw("{\"weir\":1,\"request\":7}\n"), HasSubstr("needs"));
  EXPECT_THAT(Raw("{\"weir\":2,\"request\":\"echo\"}\n"), HasSubstr("speaks protocol 1"));
  EXPECT_THAT(Raw(std::string("\0\xff\xfe\n", 4)), HasSubstr("one JSON object"));
  EXPECT_THAT(Raw(std::string(500'000, '[') + "\n"), HasSubstr("nested deeper"));
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "{\"a\":";
  EXPECT_THAT(Raw(deep + "\n"), HasSubstr("nested deeper"));
  EXPECT_EQ(handled_, 0);
  EXPECT_TRUE(Ask("well").ok());
}

TEST_F(ControlServerTest, OversizedRequestIsRefused) {
  Start({.request_bytes = 1000});
  EXPECT_THAT(Raw(std::string(5'000'000, 'a') + "\n"), HasSubstr("longer than 1000 bytes"));
  const Result<ControlReply> reply = Ask(std::string(2000, 'a'));
  ASSERT_TRUE(reply.ok()) << reply.status().ToString();
  EXPECT_EQ(reply->status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(handled_, 0);
  EXPECT_TRUE(Ask(std::string(900, 'a')).ok());
}

TEST_F(ControlServerTest, HalfOpenClientsAreDroppedAndKeepNobodyWaiting) {
  Start({.connections = 8, .idle = milliseconds(300), .request = milliseconds(300)});
  std::vector<std::unique_ptr<SocketStream>> silent;
  for (int i = 0; i < 4; ++i) {
    const Result<int> socket = ConnectUnix(path_);
    ASSERT_TRUE(socket.ok());
    silent.push_back(std::make_unique<SocketStream>(*socket));
    // Half of them begin a request that they never end.
    if (i % 2 == 0) {
      ASSERT_TRUE(silent.back()->Write("{\"weir\":1,", kPatience).ok());
    }
  }
  EXPECT_TRUE(Ask("others are served").ok());
  for (const auto& stream : silent) {
    const auto line = stream->ReadLine(1000, kPatience, kPatience);
    ASSERT_TRUE(line.ok()) << line.status().ToString();
    EXPECT_FALSE(line->has_value()) << "the connection is closed without an answer";
  }
}

TEST_F(ControlServerTest, ClientThatDoesNotReadIsDropped) {
  Start({.reply = milliseconds(300)});
  const Result<int> socket = ConnectUnix(path_);
  ASSERT_TRUE(socket.ok());
  SocketStream deaf(*socket);
  const ControlRequest big{.name = "bytes", .arguments = {{"count", 50'000'000}}};
  ASSERT_TRUE(deaf.Write(big.ToLine() + "\n", kPatience).ok());
  while (handled_ == 0) std::this_thread::yield();
  EXPECT_TRUE(Ask("others are served").ok());
  const auto line = deaf.ReadLine(1000, kPatience, kPatience);
  ASSERT_TRUE(line.ok() && line->has_value());
  pollfd hung_up{*socket, 0, 0};
  ASSERT_EQ(::poll(&hung_up, 1, 20'000), 1) << "the server closes";
  // Whatever fitted the buffers of the socket, then the end.
  EXPECT_EQ(deaf.ReadBytes(50'000'000, kPatience).status().code(), StatusCode::kDataLoss);
}

TEST_F(ControlServerTest, AnswersTogetherAreBounded) {
  Start({.reply_bytes = 1'000'000});
  const auto client = ControlClient::Connect(path_);
  ASSERT_TRUE(client.ok());
  const auto bytes = [&](size_t count) {
    return (*client)->Call({.name = "bytes", .arguments = {{"count", count}}}, kPatience);
  };
  EXPECT_EQ(bytes(1'000'000)->body.size(), 1'000'000U);
  EXPECT_EQ(bytes(1'000'001)->status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(bytes(1'000'000)->body.size(), 1'000'000U);
}

TEST_F(ControlServerTest, MoreConnectionsThanAllowedAreToldSo) {
  Start({.connections = 2});
  const auto first = ControlClient::Connect(path_);
  const auto second = ControlClient::Connect(path_);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(Ask(**first, "in").ok() && Ask(**second, "in").ok());
  const Result<ControlReply> third = Ask("out");
  ASSERT_TRUE(third.ok()) << third.status().ToString();
  EXPECT_EQ(third->status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(third->status.message(), HasSubstr("2 connections are open"));
}

TEST_F(ControlServerTest, TheConnectionThatIsIdleLongestMakesRoom) {
  Start({.connections = 2, .spare = milliseconds(0)});
  const auto working = ControlClient::Connect(path_);
  ASSERT_TRUE(working.ok());
  std::thread waits(
      [&] { EXPECT_TRUE((*working)->Call({.name = "wait", .arguments = {}}, kPatience).ok()); });
  while (handled_ == 0) std::this_thread::yield();
  const auto idle = ControlClient::Connect(path_);
  ASSERT_TRUE(idle.ok() && Ask(**idle, "in").ok());
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  Result<ControlReply> third = Ask("third");
  // The server may not have gone back to waiting on the idle one yet.
  while (third.ok() && !third->status.ok() && std::chrono::steady_clock::now() < deadline) {
    third = Ask("third");
  }
  ASSERT_TRUE(third.ok() && third->status.ok());
  EXPECT_FALSE(Ask(**idle, "gone").ok());
  released_ = true;  // the one at work was left alone
  waits.join();
}

TEST_F(ControlServerTest, FiftyClientsAtOnce) {
  Start();
  constexpr int kClients = 50;
  constexpr int kRequests = 40;
  std::atomic<int> right{0};
  std::barrier together(kClients);
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] {
      const auto client = ControlClient::Connect(path_);
      together.arrive_and_wait();  // all connections are open now
      for (int n = 0; client.ok() && n < kRequests; ++n) {
        const std::string text = std::string(static_cast<size_t>(n) * 997, 'x') + std::to_string(i);
        const Result<ControlReply> reply = Ask(**client, text);
        if (reply.ok() && reply->body == text) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, kClients * kRequests);
}

TEST_F(ControlServerTest, StopCutsIdleConnectionsAndWaitsForHandlers) {
  Start({.idle = kPatience});
  const auto idle = ControlClient::Connect(path_);
  ASSERT_TRUE(idle.ok() && Ask(**idle, "x").ok());
  std::thread waiting([this] {
    const auto client = ControlClient::Connect(path_);
    ASSERT_TRUE(client.ok());
    const auto reply = (*client)->Call({.name = "wait", .arguments = {}}, kPatience);
    EXPECT_TRUE(reply.ok()) << "a handler that was at work still answers";
  });
  while (handled_ < 2) std::this_thread::yield();
  std::thread stopping([this] { server_.reset(); });
  released_ = true;
  stopping.join();
  waiting.join();
  EXPECT_FALSE(Ask(**idle, "x").ok());
  EXPECT_EQ(ControlClient::Connect(path_).status().code(), StatusCode::kNotFound);
}

TEST(ControlMessage, ReplyLineFromElsewhereIsChecked) {
  size_t bytes = 0;
  EXPECT_FALSE(ControlReply::FromLine("{\"weir\":1}", bytes).ok());
  EXPECT_FALSE(ControlReply::FromLine("{\"weir\":1,\"ok\":true,\"body\":-1}", bytes).ok());
  EXPECT_FALSE(ControlReply::FromLine("{\"weir\":1,\"ok\":1,\"body\":0}", bytes).ok());
  const auto reply = ControlReply::FromLine(
      "{\"weir\":1,\"ok\":false,\"body\":3,\"code\":\"odd\",\"error\":\"x\"}", bytes);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(bytes, 3U);
  EXPECT_EQ(reply->status.code(), StatusCode::kInternal);
}

}  // namespace
}  // namespace weir
