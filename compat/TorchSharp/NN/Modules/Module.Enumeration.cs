using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Parameters by dotted name; one that is shared is listed once, under its first name.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<IntPtr> { IntPtr.Zero };
                foreach (var entry in _internal_params)
                {
                    if (seen.Add(entry.Item2.HandleOrZero()))
                    {
                        yield return entry;
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (childName, child) in _internal_submodules)
                {
                    foreach (var (parameterName, parameter) in child.named_parameters(true))
                    {
                        if (seen.Add(parameter.HandleOrZero()))
                        {
                            yield return ($"{childName}.{parameterName}", parameter);
                        }
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(entry => entry.parameter);

            /// <summary>Buffers by dotted name. As in TorchSharp 0.107, those registered with persistent: false are never listed.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<IntPtr> { IntPtr.Zero };
                foreach (var (bufferName, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent && seen.Add(buffer.HandleOrZero()))
                    {
                        yield return (bufferName, buffer);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (childName, child) in _internal_submodules)
                {
                    foreach (var (bufferName, buffer) in child.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.HandleOrZero()))
                        {
                            yield return ($"{childName}.{bufferName}", buffer);
                        }
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            public virtual IEnumerable<Module> children() => named_children().Select(entry => entry.module);

            /// <summary>All descendants; unlike PyTorch's, the list does not hold the module itself.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var entry in _internal_submodules)
                {
                    yield return entry;
                }

                foreach (var (childName, child) in _internal_submodules)
                {
                    foreach (var (descendantName, descendant) in child.named_modules())
                    {
                        yield return ($"{childName}.{descendantName}", descendant);
                    }
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual bool has_parameter(string target)
            {
                if (_internal_params.ContainsKey(target))
                {
                    return true;
                }

                return TryDescend(target, out var child, out var rest) && child.has_parameter(rest);
            }

            public virtual bool has_buffer(string target)
            {
                if (_internal_buffers.ContainsKey(target))
                {
                    return true;
                }

                return TryDescend(target, out var child, out var rest) && child.has_buffer(rest);
            }

            public virtual Parameter? get_parameter(string target)
            {
                if (_internal_params.TryGetValue(target, out var parameter))
                {
                    return parameter;
                }

                return TryDescend(target, out var child, out var rest) ? child.get_parameter(rest) : null;
            }

            public virtual Tensor? get_buffer(string target)
            {
                if (_internal_buffers.TryGetValue(target, out var entry))
                {
                    return entry.Item1;
                }

                return TryDescend(target, out var child, out var rest) ? child.get_buffer(rest) : null;
            }

            private bool TryDescend(string target, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Module? child, out string rest)
            {
                var dot = target.IndexOf('.', StringComparison.Ordinal);
                child = null;
                rest = string.Empty;
                if (dot < 0)
                {
                    return false;
                }

                var first = target[..dot];
                rest = target[(dot + 1)..];
                foreach (var (childName, module) in named_children())
                {
                    if (childName == first)
                    {
                        child = module;
                        return true;
                    }
                }

                return false;
            }
        }
    }
}
