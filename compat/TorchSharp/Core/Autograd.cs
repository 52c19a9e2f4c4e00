using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static class autograd
    {
        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            Run(tensors, grad_tensors, retain_graph ?? create_graph, create_graph, inputs);

        internal static unsafe void Run(IList<Tensor> tensors, IList<Tensor>? gradients, bool retainGraph, bool createGraph, IList<Tensor>? inputs)
        {
            // One gradient for each tensor; an undefined one stands for 1, for scalars only.
            IntPtr[] from = Handles(tensors), seeds = gradients is null ? new IntPtr[tensors.Count] : Handles(gradients), to = Handles(inputs ?? []);
            int status;
            fixed (IntPtr* f = from, s = seeds, t = to)
                status = Native.dk_backward(f, from.Length, s, seeds.Length, retainGraph || createGraph ? 1 : 0, createGraph ? 1 : 0, t, to.Length);
            GC.KeepAlive(tensors);
            GC.KeepAlive(gradients);
            GC.KeepAlive(inputs);
            Native.Check(status);
        }

        /// <returns>One gradient for each input, null where the outputs do not depend on it and that is allowed.</returns>
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            IntPtr[] from = Handles(outputs), seeds = grad_outputs is null ? new IntPtr[outputs.Count] : Handles(grad_outputs), to = Handles(inputs);
            var results = new IntPtr[to.Length];
            int status;
            fixed (IntPtr* f = from, s = seeds, t = to, r = results)
                status = Native.dk_grad_of(f, from.Length, t, to.Length, s, seeds.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, r);
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            Native.Check(status);
            return Array.ConvertAll(results, handle => handle == IntPtr.Zero ? null! : new Tensor(handle));
        }

        private static IntPtr[] Handles(IList<Tensor> tensors)
        {
            var handles = new IntPtr[tensors.Count];
            for (int i = 0; i < handles.Length; i++)
                handles[i] = tensors[i] is { } tensor ? tensor.Handle : IntPtr.Zero;
            return handles;
        }
    }
}
