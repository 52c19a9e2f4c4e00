using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp.Modules
{
    /// <summary>A dictionary of modules, registered under their keys when it is registered with its parent.</summary>
    public class ModuleDict<T> : torch.nn.Module, IDictionary<string, T>, IList<(string, T)>
        where T : torch.nn.Module
    {
        private readonly OrderedDict<string, T> entries = [];
        private bool registered;

        public ModuleDict()
            : base("ModuleDict")
        {
        }

        public int Count => entries.Count;

        public bool IsReadOnly => false;

        public ICollection<string> Keys => entries.Keys;

        public ICollection<T> Values => entries.Values;

        public (string, T) this[int index]
        {
            get => entries[index];
            set => entries[index] = value;
        }

        public T this[string key]
        {
            get => entries[key];
            set => entries[key] = value;
        }

        public void Add(string key, T value) => entries.Add(key, value);

        public void Add((string, T) item) => entries.Add(item);

        public void Add(KeyValuePair<string, T> item) => entries.Add(item);

        public void Insert(int index, (string, T) item) => entries.Insert(index, item);

        public bool Remove(string key) => entries.Remove(key);

        public bool Remove((string, T) item) => entries.Remove(item);

        public bool Remove(KeyValuePair<string, T> item) => entries.Remove(item);

        public void RemoveAt(int index) => entries.RemoveAt(index);

        public void Clear() => entries.Clear();

        public void clear() => entries.Clear();

        public bool Contains((string, T) item) => entries.Contains(item);

        public bool Contains(KeyValuePair<string, T> item) => entries.Contains(item);

        public bool ContainsKey(string key) => entries.ContainsKey(key);

        public int IndexOf((string, T) item) => entries.IndexOf(item);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => entries.TryGetValue(key, out value);

        public void CopyTo((string, T)[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);

        public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);

        public IEnumerable<string> keys() => entries.keys();

        public IEnumerable<T> values() => entries.values();

        public IEnumerator<(string, T)> items() => entries.GetEnumerator();

        public IEnumerator<(string, T)> GetEnumerator() => entries.GetEnumerator();

        IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
            ((IEnumerable<KeyValuePair<string, T>>)entries).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        protected override void RegisterComponents()
        {
            if (registered)
            {
                return;
            }

            registered = true;
            foreach (var (name, item) in entries)
            {
                register_module(name, item);
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
            public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);

            public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules)
                where T : Module
            {
                var result = new ModuleDict<T>();
                foreach (var entry in modules)
                {
                    result.Add(entry);
                }

                return result;
            }
        }
    }
}
