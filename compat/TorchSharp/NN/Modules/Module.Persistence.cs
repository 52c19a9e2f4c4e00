namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <remarks>The file is TorchSharp's own: the number of entries, then name and tensor of each, in the order of the state dictionary.</remarks>
        public partial class Module
        {
            public Module save(string location, IList<string>? skip = null)
            {
                using var stream = File.Create(location);
                return save(stream, skip);
            }

            public Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream);
                return save(writer, skip);
            }

            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
            {
                var entries = sd.Where(entry => skip is null || !skip.Contains(entry.Key)).ToList();
                writer.Write7BitEncodedInt64(entries.Count);
                foreach (var (name, tensor) in entries)
                {
                    writer.Write(name);
                    tensor.Save(writer);
                }
            }

            public virtual Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            public Module load(Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream);
                return load(reader, strict, skip, loadedParameters);
            }

            /// <summary>Reads values into the module's own tensors, wherever they are; with strict, entries and names must match.</summary>
            public virtual Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var noGradient = no_grad();
                var own = state_dict();
                var count = reader.Read7BitEncodedInt64();
                if (strict && count != own.Count)
                {
                    throw new ArgumentException($"Mismatched state_dict sizes: expected {own.Count}, but found {count} entries.");
                }

                for (var entry = 0L; entry < count; entry++)
                {
                    var name = reader.ReadString();
                    var found = own.TryGetValue(name, out var target);
                    if (strict && !found)
                    {
                        throw new ArgumentException($"Mismatched module state names: the target modules does not have a submodule or buffer named '{name}'");
                    }

                    if (found && skip?.Contains(name) != true)
                    {
                        using var value = TensorExtensionMethods.Load(reader);
                        target!.copy_(value);
                    }
                    else
                    {
                        TensorExtensionMethods.Load(reader, skip: true);
                    }

                    loadedParameters?.Add(name, found);
                }

                return this;
            }

            public static Module Create<T>(string path)
                where T : Module, new() => new T().load(path);
        }
    }
}
