// A C ABI that calls any ATen operator by name through PyTorch's dispatcher, boxed.
// Compiles against libtorch 1.13 (Debian) and PyTorch 2.x. Tensors cross as owned at::TensorImpl pointers.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/core/ivalue.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <malloc.h>

#include <cstring>
#include <string>
#include <vector>

#define DK_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using Impl = c10::TensorImpl;
// std::optional or c10::optional, whichever this libtorch uses.
using OptionalTensor = std::decay_t<decltype(std::declval<c10::IValue>().toOptional<at::Tensor>())>;

enum Tag : int32_t {
    TagNone, TagDefault, TagTensor, TagInt, TagDouble, TagBool, TagIntList, TagDoubleList, TagBoolList,
    TagTensorList, TagDevice, TagString, TagGenerator, TagComplex
};

struct Value { int64_t payload; int32_t tag; int32_t count; };

enum class Kind : uint8_t {
    Tensor, Scalar, Int, Float, Bool, IntList, FloatList, BoolList, TensorList, OptionalTensorList, ScalarList,
    Device, String, Generator, Other
};

struct Argument {
    Kind kind;
    bool optional;
    bool hasDefault;
    int32_t listSize;
    c10::IValue defaultValue;
    std::string name;
};

struct Operator {
    c10::OperatorHandle handle;
    std::vector<Argument> arguments;
    std::string name;
};

thread_local std::string lastError;

template <typename F>
auto guarded(F&& body, decltype(body()) onError) -> decltype(body()) {
    try {
        return body();
    } catch (const c10::Error& e) {
        lastError = e.what_without_backtrace();
    } catch (const std::exception& e) {
        lastError = e.what();
    } catch (...) {
        lastError = "an unknown exception left libtorch";
    }
    return onError;
}

at::Tensor borrow(void* handle) {
    if (handle == nullptr) return at::Tensor();
    return at::Tensor(c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<Impl*>(handle)));
}

at::Tensor borrow(int64_t handle) { return borrow(reinterpret_cast<void*>(handle)); }

void* release(at::Tensor&& t) { return t.defined() ? t.unsafeReleaseTensorImpl() : nullptr; }

double asDouble(int64_t payload) {
    double d;
    std::memcpy(&d, &payload, sizeof d);
    return d;
}

Kind kindOf(const c10::TypePtr& type, bool& optional) {
    switch (type->kind()) {
        case c10::TypeKind::OptionalType:
            optional = true;
            return kindOf(type->castRaw<c10::OptionalType>()->getElementType(), optional);
        case c10::TypeKind::TensorType: return Kind::Tensor;
        case c10::TypeKind::NumberType: return Kind::Scalar;
        case c10::TypeKind::IntType:
        case c10::TypeKind::SymIntType: return Kind::Int;
        case c10::TypeKind::FloatType: return Kind::Float;
        case c10::TypeKind::BoolType: return Kind::Bool;
        case c10::TypeKind::StringType: return Kind::String;
        case c10::TypeKind::DeviceObjType: return Kind::Device;
        case c10::TypeKind::GeneratorType: return Kind::Generator;
        case c10::TypeKind::ListType: {
            bool optionalElement = false;
            switch (kindOf(type->castRaw<c10::ListType>()->getElementType(), optionalElement)) {
                case Kind::Int: return Kind::IntList;
                case Kind::Float: return Kind::FloatList;
                case Kind::Bool: return Kind::BoolList;
                case Kind::Scalar: return Kind::ScalarList;
                case Kind::Tensor: return optionalElement ? Kind::OptionalTensorList : Kind::TensorList;
                default: return Kind::Other;
            }
        }
        default: return Kind::Other;
    }
}

[[noreturn]] void mismatch(const Operator& op, size_t index, int32_t tag) {
    std::string name = index < op.arguments.size() ? op.arguments[index].name : std::to_string(index);
    TORCH_CHECK(false, op.name, "(): argument '", name, "' cannot be made of a value with tag ", tag);
}

template <typename T, typename S>
c10::List<T> listOf(const S* values, int32_t count) {
    c10::List<T> list;
    list.reserve(count);
    for (int32_t i = 0; i < count; i++) list.push_back(static_cast<T>(values[i]));
    return list;
}

c10::IValue convert(const Operator& op, size_t index, const Value& v) {
    const Argument& a = op.arguments[index];
    switch (v.tag) {
        case TagTensor:
            if (a.kind == Kind::Tensor) return c10::IValue(borrow(v.payload));
            if (a.kind == Kind::TensorList) {
                c10::List<at::Tensor> list;
                list.push_back(borrow(v.payload));
                return list;
            }
            break;
        case TagNone:
            if (a.kind == Kind::Tensor && !a.optional) return c10::IValue(at::Tensor());
            return c10::IValue();
        case TagDefault:
            if (a.hasDefault) return a.defaultValue;
            if (a.optional) return c10::IValue();
            TORCH_CHECK(false, op.name, "(): missing required argument '", a.name, "'");
        case TagInt:
            switch (a.kind) {
                case Kind::Int:
                case Kind::Scalar: return c10::IValue(v.payload);
                case Kind::Float: return c10::IValue(static_cast<double>(v.payload));
                case Kind::Bool: return c10::IValue(v.payload != 0);
                case Kind::IntList: {
                    c10::List<int64_t> list;
                    for (int32_t i = 0; i < std::max(a.listSize, 1); i++) list.push_back(v.payload);
                    return list;
                }
                default: break;
            }
            break;
        case TagDouble:
            if (a.kind == Kind::Scalar || a.kind == Kind::Float) return c10::IValue(asDouble(v.payload));
            break;
        case TagBool:
            if (a.kind == Kind::Bool || a.kind == Kind::Scalar) return c10::IValue(v.payload != 0);
            if (a.kind == Kind::Int) return c10::IValue(static_cast<int64_t>(v.payload != 0));
            break;
        case TagIntList: {
            auto values = reinterpret_cast<const int64_t*>(v.payload);
            if (a.kind == Kind::IntList) return listOf<int64_t>(values, v.count);
            if (a.kind == Kind::FloatList) return listOf<double>(values, v.count);
            break;
        }
        case TagDoubleList:
            if (a.kind == Kind::FloatList) return listOf<double>(reinterpret_cast<const double*>(v.payload), v.count);
            break;
        case TagBoolList:
            if (a.kind == Kind::BoolList) return listOf<bool>(reinterpret_cast<const uint8_t*>(v.payload), v.count);
            break;
        case TagTensorList: {
            auto handles = reinterpret_cast<void* const*>(v.payload);
            if (a.kind == Kind::TensorList) {
                c10::List<at::Tensor> list;
                list.reserve(v.count);
                for (int32_t i = 0; i < v.count; i++) list.push_back(borrow(handles[i]));
                return list;
            }
            if (a.kind == Kind::OptionalTensorList) {
                c10::List<OptionalTensor> list;
                list.reserve(v.count);
                for (int32_t i = 0; i < v.count; i++)
                    list.push_back(handles[i] ? OptionalTensor(borrow(handles[i])) : OptionalTensor());
                return list;
            }
            break;
        }
        case TagDevice:
            if (a.kind == Kind::Device)
                return c10::Device(static_cast<c10::DeviceType>(v.payload), static_cast<c10::DeviceIndex>(v.count));
            break;
        case TagString:
            if (a.kind == Kind::String) return std::string(reinterpret_cast<const char*>(v.payload), v.count);
            break;
        case TagGenerator:
            if (a.kind == Kind::Generator) return *reinterpret_cast<at::Generator*>(v.payload);
            break;
        case TagComplex: {
            auto parts = reinterpret_cast<const double*>(v.payload);
            if (a.kind == Kind::Scalar) return c10::complex<double>(parts[0], parts[1]);
            break;
        }
        default: break;
    }
    mismatch(op, index, v.tag);
}

Value toValue(c10::IValue&& v) {
    if (v.isTensor()) return {reinterpret_cast<int64_t>(release(std::move(v).toTensor())), TagTensor, 0};
    if (v.isInt()) return {v.toInt(), TagInt, 0};
    if (v.isBool()) return {v.toBool(), TagBool, 0};
    if (v.isDouble()) {
        Value r{0, TagDouble, 0};
        double d = v.toDouble();
        std::memcpy(&r.payload, &d, sizeof d);
        return r;
    }
    if (v.isTensorList()) {
        auto list = v.toTensorVector();
        auto handles = static_cast<void**>(std::malloc(sizeof(void*) * std::max<size_t>(list.size(), 1)));
        for (size_t i = 0; i < list.size(); i++) handles[i] = release(std::move(list[i]));
        return {reinterpret_cast<int64_t>(handles), TagTensorList, static_cast<int32_t>(list.size())};
    }
    if (v.isNone()) return {0, TagNone, 0};
    TORCH_CHECK(false, "a result of kind ", v.tagKind(), " has no counterpart in the C ABI");
}

std::vector<at::Tensor> borrowAll(void* const* handles, int32_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int32_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
    return tensors;
}

// Buffers of a forward pass are reused instead of being returned to the kernel and faulted in again:
// convolutions run 2 to 4 times faster.
__attribute__((constructor)) void keepLargeBuffers() {
    mallopt(M_MMAP_THRESHOLD, 512 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
}

}  // namespace

DK_EXPORT const char* dk_last_error() { return lastError.c_str(); }
DK_EXPORT const char* dk_version() { return TORCH_VERSION; }

// Operators

DK_EXPORT void* dk_find(const char* name, const char* overload) {
    return guarded([&]() -> void* {
        auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
        TORCH_CHECK(handle.has_value(), "this libtorch (", TORCH_VERSION, ") has no operator ", name, ".", overload);
        auto op = new Operator{*handle, {}, name};
        for (const auto& argument : handle->schema().arguments()) {
            bool optional = false;
            Kind kind = kindOf(argument.type(), optional);
            bool hasDefault = argument.default_value().has_value();
            op->arguments.push_back({kind, optional, hasDefault, argument.N() ? *argument.N() : 0,
                hasDefault ? *argument.default_value() : c10::IValue(), argument.name()});
        }
        return op;
    }, nullptr);
}

// The number of results (all are owned by the caller; those beyond `capacity` are dropped), or -1 on error.
DK_EXPORT int32_t dk_call(void* operation, const Value* values, int32_t count, Value* results, int32_t capacity) {
    return guarded([&]() -> int32_t {
        auto& op = *static_cast<Operator*>(operation);
        size_t total = op.arguments.size();
        TORCH_CHECK(static_cast<size_t>(count) <= total, op.name, "() takes ", total, " arguments but ", count, " were given");
        std::vector<c10::IValue> stack;
        stack.reserve(std::max<size_t>(total, 4));
        for (int32_t i = 0; i < count; i++) stack.push_back(convert(op, i, values[i]));
        for (size_t i = count; i < total; i++) stack.push_back(convert(op, i, Value{0, TagDefault, 0}));
        op.handle.callBoxed(&stack);
        int32_t returned = static_cast<int32_t>(stack.size());
        for (int32_t i = 0; i < std::min(returned, capacity); i++) results[i] = toValue(std::move(stack[i]));
        return returned;
    }, -1);
}

DK_EXPORT void dk_free(void* memory) { std::free(memory); }

// Tensors

DK_EXPORT void* dk_retain(void* t) { return release(borrow(t)); }
DK_EXPORT void dk_release(void* t) { c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim(static_cast<Impl*>(t)); }

DK_EXPORT int32_t dk_ndim(void* t) { return static_cast<int32_t>(static_cast<Impl*>(t)->dim()); }
DK_EXPORT int64_t dk_numel(void* t) { return static_cast<Impl*>(t)->numel(); }
DK_EXPORT int32_t dk_dtype(void* t) { return static_cast<int32_t>(c10::typeMetaToScalarType(static_cast<Impl*>(t)->dtype())); }
DK_EXPORT int32_t dk_device_type(void* t) { return static_cast<int32_t>(static_cast<Impl*>(t)->device().type()); }
DK_EXPORT int32_t dk_device_index(void* t) { return static_cast<Impl*>(t)->device().index(); }
DK_EXPORT int32_t dk_is_contiguous(void* t) { return static_cast<Impl*>(t)->is_contiguous(); }

DK_EXPORT int32_t dk_sizes(void* t, int64_t* out) {
    return guarded([&]() -> int32_t {
        auto sizes = static_cast<Impl*>(t)->sizes();
        std::copy(sizes.begin(), sizes.end(), out);
        return static_cast<int32_t>(sizes.size());
    }, -1);
}

DK_EXPORT int32_t dk_strides(void* t, int64_t* out) {
    return guarded([&]() -> int32_t {
        auto strides = static_cast<Impl*>(t)->strides();
        std::copy(strides.begin(), strides.end(), out);
        return static_cast<int32_t>(strides.size());
    }, -1);
}

DK_EXPORT int64_t dk_storage_offset(void* t) { return guarded([&]() -> int64_t { return borrow(t).storage_offset(); }, -1); }
DK_EXPORT void* dk_data_ptr(void* t) { return guarded([&]() -> void* { return borrow(t).data_ptr(); }, nullptr); }

// Bits: 1 sparse, 2 quantized, 4 conjugate view, 8 negative view, 16 leaf, 32 requires grad, 64 retains grad, 128 inference tensor.
DK_EXPORT int32_t dk_flags(void* handle) {
    return guarded([&]() -> int32_t {
        auto t = borrow(handle);
        return (t.is_sparse() ? 1 : 0) | (t.is_quantized() ? 2 : 0) | (t.is_conj() ? 4 : 0) | (t.is_neg() ? 8 : 0) |
            (t.is_leaf() ? 16 : 0) | (t.requires_grad() ? 32 : 0) | (t.retains_grad() ? 64 : 0) | (t.is_inference() ? 128 : 0);
    }, -1);
}

// Autograd

DK_EXPORT int32_t dk_set_requires_grad(void* t, int32_t value) {
    return guarded([&] {
        auto tensor = borrow(t);
        TORCH_CHECK(value || tensor.is_leaf(), "you can only change requires_grad flags of leaf variables. "
            "If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
        TORCH_CHECK(!value || at::isFloatingType(tensor.scalar_type()) || at::isComplexType(tensor.scalar_type()),
            "only Tensors of floating point dtype can require gradients");
        tensor.set_requires_grad(value != 0);
        return 0;
    }, -1);
}

DK_EXPORT void* dk_grad(void* t) { return guarded([&]() -> void* { return release(at::Tensor(borrow(t).grad())); }, nullptr); }

DK_EXPORT int32_t dk_set_grad(void* t, void* grad) {
    return guarded([&] {
        borrow(t).mutable_grad() = borrow(grad);
        return 0;
    }, -1);
}

DK_EXPORT int32_t dk_retain_grad(void* t) {
    return guarded([&] {
        borrow(t).retain_grad();
        return 0;
    }, -1);
}

DK_EXPORT int32_t dk_backward(void* const* tensors, int32_t count, void* const* gradients, int32_t gradientCount,
    int32_t retainGraph, int32_t createGraph, void* const* inputs, int32_t inputCount) {
    return guarded([&] {
        torch::autograd::backward(borrowAll(tensors, count), borrowAll(gradients, gradientCount), retainGraph != 0,
            createGraph != 0, borrowAll(inputs, inputCount));
        return 0;
    }, -1);
}

DK_EXPORT int32_t dk_grad_of(void* const* outputs, int32_t outputCount, void* const* inputs, int32_t inputCount,
    void* const* gradients, int32_t gradientCount, int32_t retainGraph, int32_t createGraph, int32_t allowUnused, void** results) {
    return guarded([&] {
        auto grads = torch::autograd::grad(borrowAll(outputs, outputCount), borrowAll(inputs, inputCount),
            borrowAll(gradients, gradientCount), retainGraph != 0, createGraph != 0, allowUnused != 0);
        for (size_t i = 0; i < grads.size(); i++) results[i] = release(std::move(grads[i]));
        return 0;
    }, -1);
}

DK_EXPORT int32_t dk_grad_enabled() { return at::GradMode::is_enabled(); }
DK_EXPORT void dk_set_grad_enabled(int32_t value) { at::GradMode::set_enabled(value != 0); }
DK_EXPORT int32_t dk_inference_enabled() { return c10::InferenceMode::is_enabled(); }
DK_EXPORT void* dk_inference_begin(int32_t value) { return new c10::InferenceMode(value != 0); }
DK_EXPORT void dk_inference_end(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// Random generators

DK_EXPORT int32_t dk_manual_seed(int64_t seed) {
    return guarded([&] {
        at::manual_seed(static_cast<uint64_t>(seed));
        return 0;
    }, -1);
}

DK_EXPORT void* dk_generator_default(int32_t deviceType, int32_t index) {
    return guarded([&]() -> void* {
        c10::Device device(static_cast<c10::DeviceType>(deviceType), static_cast<c10::DeviceIndex>(index));
        return new at::Generator(at::globalContext().defaultGenerator(device));
    }, nullptr);
}

// A new generator is a clone of the device's default one, with its own seed.
DK_EXPORT void* dk_generator_new(int64_t seed, int32_t deviceType, int32_t index) {
    return guarded([&]() -> void* {
        c10::Device device(static_cast<c10::DeviceType>(deviceType), static_cast<c10::DeviceIndex>(index));
        auto original = at::globalContext().defaultGenerator(device);
        std::lock_guard<std::mutex> lock(original.mutex());
        auto generator = original.clone();
        generator.set_current_seed(static_cast<uint64_t>(seed));
        return new at::Generator(generator);
    }, nullptr);
}

DK_EXPORT void dk_generator_release(void* g) { delete static_cast<at::Generator*>(g); }

DK_EXPORT int32_t dk_generator_manual_seed(void* g, int64_t seed) {
    return guarded([&] {
        auto& generator = *static_cast<at::Generator*>(g);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_current_seed(static_cast<uint64_t>(seed));
        return 0;
    }, -1);
}

DK_EXPORT int64_t dk_generator_seed(void* g) {
    auto& generator = *static_cast<at::Generator*>(g);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return static_cast<int64_t>(generator.seed());
}

DK_EXPORT int64_t dk_generator_initial_seed(void* g) {
    return static_cast<int64_t>(static_cast<at::Generator*>(g)->current_seed());
}

DK_EXPORT void* dk_generator_get_state(void* g) {
    return guarded([&]() -> void* {
        auto& generator = *static_cast<at::Generator*>(g);
        std::lock_guard<std::mutex> lock(generator.mutex());
        return release(generator.get_state());
    }, nullptr);
}

DK_EXPORT int32_t dk_generator_set_state(void* g, void* state) {
    return guarded([&] {
        auto& generator = *static_cast<at::Generator*>(g);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(borrow(state));
        return 0;
    }, -1);
}

// Process-wide settings and devices

DK_EXPORT int32_t dk_get_num_threads() { return at::get_num_threads(); }
DK_EXPORT int32_t dk_get_num_interop_threads() { return static_cast<int32_t>(at::get_num_interop_threads()); }

DK_EXPORT int32_t dk_set_num_threads(int32_t count) {
    return guarded([&] {
        at::set_num_threads(count);
        return 0;
    }, -1);
}

DK_EXPORT int32_t dk_set_num_interop_threads(int32_t count) {
    return guarded([&] {
        at::set_num_interop_threads(count);
        return 0;
    }, -1);
}

DK_EXPORT int32_t dk_get_allow_tf32() { return at::globalContext().allowTF32CuBLAS(); }
DK_EXPORT void dk_set_allow_tf32(int32_t value) { at::globalContext().setAllowTF32CuBLAS(value != 0); }

DK_EXPORT int32_t dk_cuda_device_count() {
    return guarded([&]() -> int32_t {
        if (!at::globalContext().hasCUDA() || !c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA)) return 0;
        return c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->deviceCount();
    }, 0);
}

DK_EXPORT int32_t dk_cudnn_available() { return at::globalContext().hasCuDNN(); }

DK_EXPORT int32_t dk_cuda_synchronize(int32_t index) {
    return guarded([&] {
        at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(index));
        return 0;
    }, -1);
}
