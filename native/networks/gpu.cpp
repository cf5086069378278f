#include "native/networks/gpu.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace terpsi::native {
namespace {

// A driver's library. It stays loaded: drivers do not survive being unloaded.
class Library {
 public:
  explicit Library(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}
  explicit operator bool() const { return handle_ != nullptr; }

  template <class Function>
  Function* find(const char* name) const {
    return reinterpret_cast<Function*>(::dlsym(handle_, name));
  }

 private:
  void* handle_;
};

Error missing(const std::string& what) {
  return {ErrorCode::unsupported, what};
}

std::string plain(const char* name) {
  std::string text(name);
  for (char& c : text) c = c >= ' ' && c <= '~' ? c : '?';
  return text;
}

// The part of the Vulkan 1.0 API that is needed, as its specification lays it out in memory.
namespace vulkan {

using Handle = void*;

struct InstanceCreateInfo {
  std::int32_t type = 1;  // VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO
  const void* next = nullptr;
  std::uint32_t flags = 0;
  const void* application = nullptr;
  std::uint32_t layer_count = 0;
  const char* const* layers = nullptr;
  std::uint32_t extension_count = 0;
  const char* const* extensions = nullptr;
};

struct Properties {  // the beginning of VkPhysicalDeviceProperties, which has 824 bytes
  std::uint32_t api_version, driver_version, vendor, device, type;
  std::array<char, 256> name;
  std::array<char, 4096> rest;
};

constexpr std::uint32_t kTypeCpu = 4;
constexpr std::uint32_t kMaxDevices = 64;

using CreateInstance = std::int32_t(const InstanceCreateInfo*, const void*, Handle*);
using DestroyInstance = void(Handle, const void*);
using EnumeratePhysicalDevices = std::int32_t(Handle, std::uint32_t*, Handle*);
using GetPhysicalDeviceProperties = void(Handle, Properties*);

}  // namespace vulkan
}  // namespace

Result<std::vector<Gpu>> cuda_gpus() {
  const Library driver("libcuda.so.1");
  if (!driver) return missing("there is no NVIDIA driver (libcuda.so.1); install one to use a GPU with CUDA");
  const auto init = driver.find<int(unsigned)>("cuInit");
  const auto count_of = driver.find<int(int*)>("cuDeviceGetCount");
  const auto name_of = driver.find<int(char*, int, int)>("cuDeviceGetName");
  if (init == nullptr || count_of == nullptr || name_of == nullptr)
    return missing("the NVIDIA driver is not as expected; install a current one");
  if (const int why = init(0); why != 0) {
    return missing("the NVIDIA driver does not start (error " + std::to_string(why) +
                   "); is there a GPU, and may this user reach it?");
  }
  int count = 0;
  if (count_of(&count) != 0 || count < 1) return missing("the NVIDIA driver knows no GPU");
  std::vector<Gpu> gpus;
  for (int i = 0; i < count; ++i) {
    std::array<char, 256> name{};
    if (name_of(name.data(), static_cast<int>(name.size()) - 1, i) == 0) gpus.push_back({plain(name.data())});
  }
  return gpus.empty() ? Result<std::vector<Gpu>>(missing("the NVIDIA driver knows no GPU")) : gpus;
}

Result<std::vector<Gpu>> vulkan_gpus() {
  const Library loader("libvulkan.so.1");
  if (!loader) {
    return missing(
        "there is no Vulkan (libvulkan.so.1); install the Vulkan loader and your GPU's Vulkan driver");
  }
  const auto create = loader.find<vulkan::CreateInstance>("vkCreateInstance");
  const auto destroy = loader.find<vulkan::DestroyInstance>("vkDestroyInstance");
  const auto enumerate = loader.find<vulkan::EnumeratePhysicalDevices>("vkEnumeratePhysicalDevices");
  const auto properties_of =
      loader.find<vulkan::GetPhysicalDeviceProperties>("vkGetPhysicalDeviceProperties");
  if (create == nullptr || destroy == nullptr || enumerate == nullptr || properties_of == nullptr)
    return missing("Vulkan is not as expected; install a current Vulkan loader");
  const vulkan::InstanceCreateInfo info;
  vulkan::Handle instance = nullptr;
  if (create(&info, nullptr, &instance) != 0)
    return missing("Vulkan has no driver that starts; install the Vulkan driver of your GPU");
  std::array<vulkan::Handle, vulkan::kMaxDevices> devices{};
  std::uint32_t count = vulkan::kMaxDevices;
  std::vector<Gpu> gpus;
  if (enumerate(instance, &count, devices.data()) >= 0) {  // VK_INCOMPLETE is good enough
    for (std::uint32_t i = 0; i < std::min(count, vulkan::kMaxDevices); ++i) {
      vulkan::Properties properties{};
      properties_of(devices[i], &properties);
      properties.name.back() = 0;
      gpus.push_back({plain(properties.name.data()), properties.type == vulkan::kTypeCpu});
    }
  }
  destroy(instance, nullptr);
  if (gpus.empty()) return missing("Vulkan knows no GPU; install the Vulkan driver of your GPU");
  std::stable_sort(gpus.begin(), gpus.end(),
                   [](const Gpu& a, const Gpu& b) { return a.software < b.software; });
  return gpus;
}

}  // namespace terpsi::native
