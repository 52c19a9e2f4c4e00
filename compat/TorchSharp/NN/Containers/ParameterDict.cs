using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp.Modules
{
    /// <summary>A dictionary of parameters, named by their keys.</summary>
    public class ParameterDict : torch.nn.Module, IDictionary<string, Parameter>, IList<(string, Parameter)>
    {
        private readonly OrderedDict<string, Parameter> entries = [];
        private bool registered;

        public ParameterDict()
            : base("ParameterDict")
        {
        }

        public int Count => entries.Count;

        public bool IsReadOnly => false;

        public ICollection<string> Keys => entries.Keys;

        public ICollection<Parameter> Values => entries.Values;

        public (string, Parameter) this[int index]
        {
            get => entries[index];
            set => entries[index] = value;
        }

        public Parameter this[string key]
        {
            get => entries[key];
            set => entries[key] = value;
        }

        public void Add(string key, Parameter value) => entries.Add(key, value);

        public void Add((string, Parameter) item) => entries.Add(item);

        public void Add(KeyValuePair<string, Parameter> item) => entries.Add(item);

        public void Insert(int index, (string, Parameter) item) => entries.Insert(index, item);

        public bool Remove(string key) => entries.Remove(key);

        public bool Remove((string, Parameter) item) => entries.Remove(item);

        public bool Remove(KeyValuePair<string, Parameter> item) => entries.Remove(item);

        public void RemoveAt(int index) => entries.RemoveAt(index);

        public void Clear() => entries.Clear();

        public void clear() => entries.Clear();

        public bool Contains((string, Parameter) item) => entries.Contains(item);

        public bool Contains(KeyValuePair<string, Parameter> item) => entries.Contains(item);

        public bool ContainsKey(string key) => entries.ContainsKey(key);

        public int IndexOf((string, Parameter) item) => entries.IndexOf(item);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value) => entries.TryGetValue(key, out value);

        public void CopyTo((string, Parameter)[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);

        public void CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);

        public IEnumerable<string> keys() => entries.keys();

        public IEnumerable<Parameter> values() => entries.values();

        public IEnumerator<(string, Parameter)> items() => entries.GetEnumerator();

        public IEnumerator<(string, Parameter)> GetEnumerator() => entries.GetEnumerator();

        IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator() =>
            ((IEnumerable<KeyValuePair<string, Parameter>>)entries).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse) => entries;

        public override bool has_parameter(string target) => entries.ContainsKey(target);

        public override Parameter? get_parameter(string target) => entries.TryGetValue(target, out var parameter) ? parameter : null;

        protected override void RegisterComponents()
        {
            if (registered)
            {
                return;
            }

            registered = true;
            foreach (var (name, item) in entries)
            {
                register_parameter(name, item);
            }
        }

        protected override void _toEpilog(torch.ScalarType? dtype, torch.Device? device, bool non_blocking)
        {
            foreach (var (name, parameter) in entries.ToList<(string, Parameter)>())
            {
                if (ReplaceParameter(dtype, device, parameter, out var moved))
                {
                    parameter.Dispose();
                    entries[name] = moved!;
                    ConditionallyRegisterParameter(name, moved);
                }
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ParameterDict ParameterDict(params (string, Parameter)[] parameters)
            {
                var result = new ParameterDict();
                foreach (var entry in parameters)
                {
                    result.Add(entry);
                }

                return result;
            }
        }
    }
}
